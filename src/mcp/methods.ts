/**
 * What Holdfast knows about each method of MCP, in all revisions up to 2026-07-28. A method that is not here is forwarded like any other,
 * and is never repeated, cached or answered by Holdfast.
 */

/** `legacy`: revisions up to 2025-11-25, which have sessions. `modern`: 2026-07-28 and later, which have none. */
export type Era = 'legacy' | 'modern';

/** The part of the params that says what a request is about, and that `Mcp-Name` repeats in 2026-07-28. */
export type NameField = 'params.name' | 'params.uri' | 'params.taskId';

export interface RequestTraits {
  /** The eras that have the method. */
  readonly eras: readonly Era[];
  /**
   * Whether the request may be sent again when it may have been executed (sessions.md, What is repeated).
   * `annotated`: only for a tool that both tool lists call read-only or idempotent.
   */
  readonly repeat: 'safe' | 'annotated' | 'never';
  /** Whether the answer of the last backend may stand in for a new one during an outage. */
  readonly cacheable: boolean;
  readonly nameField: NameField | undefined;
}

const BOTH: readonly Era[] = ['legacy', 'modern'];
const LEGACY: readonly Era[] = ['legacy'];
const MODERN: readonly Era[] = ['modern'];

function request(eras: readonly Era[], repeat: RequestTraits['repeat'], nameField?: NameField): RequestTraits {
  return { eras, repeat, cacheable: false, nameField };
}

function list(eras: readonly Era[]): RequestTraits {
  return { eras, repeat: 'safe', cacheable: true, nameField: undefined };
}

/** Requests that a client sends to a server. The `tasks/` methods of 2026-07-28 belong to an extension. */
const CLIENT_REQUESTS = {
  initialize: { eras: LEGACY, repeat: 'safe', cacheable: true, nameField: undefined },
  ping: request(LEGACY, 'safe'),
  'server/discover': request(MODERN, 'safe'),
  'tools/list': list(BOTH),
  'tools/call': request(BOTH, 'annotated', 'params.name'),
  'prompts/list': list(BOTH),
  'prompts/get': request(BOTH, 'safe', 'params.name'),
  'resources/list': list(BOTH),
  'resources/templates/list': list(BOTH),
  'resources/read': request(BOTH, 'safe', 'params.uri'),
  'resources/subscribe': request(LEGACY, 'safe', 'params.uri'),
  'resources/unsubscribe': request(LEGACY, 'safe', 'params.uri'),
  'subscriptions/listen': request(MODERN, 'never'),
  'completion/complete': request(BOTH, 'safe'),
  'logging/setLevel': request(LEGACY, 'safe'),
  'tasks/list': { eras: LEGACY, repeat: 'safe', cacheable: false, nameField: undefined },
  'tasks/get': request(BOTH, 'safe', 'params.taskId'),
  'tasks/result': request(LEGACY, 'never', 'params.taskId'),
  'tasks/cancel': request(BOTH, 'never', 'params.taskId'),
  'tasks/update': request(MODERN, 'never', 'params.taskId'),
} as const satisfies Record<string, RequestTraits>;

/**
 * Requests that a server sends to a client. In 2026-07-28 they travel inside results (`inputRequests`), not as messages. The `tasks/` ones
 * ask for tasks that the client runs for the server (2025-11-25).
 */
const SERVER_REQUESTS = {
  ping: LEGACY,
  'sampling/createMessage': LEGACY,
  'elicitation/create': LEGACY,
  'roots/list': LEGACY,
  'tasks/get': LEGACY,
  'tasks/result': LEGACY,
  'tasks/list': LEGACY,
  'tasks/cancel': LEGACY,
} as const satisfies Record<string, readonly Era[]>;

const CLIENT_NOTIFICATIONS = {
  'notifications/initialized': LEGACY,
  'notifications/cancelled': BOTH,
  'notifications/progress': LEGACY,
  'notifications/roots/list_changed': LEGACY,
  'notifications/tasks/status': LEGACY,
} as const satisfies Record<string, readonly Era[]>;

const SERVER_NOTIFICATIONS = {
  'notifications/cancelled': BOTH,
  'notifications/progress': BOTH,
  'notifications/message': BOTH,
  'notifications/resources/updated': BOTH,
  'notifications/resources/list_changed': BOTH,
  'notifications/tools/list_changed': BOTH,
  'notifications/prompts/list_changed': BOTH,
  'notifications/subscriptions/acknowledged': MODERN,
  'notifications/elicitation/complete': LEGACY,
  'notifications/tasks/status': LEGACY,
} as const satisfies Record<string, readonly Era[]>;

const REQUESTS = new Map<string, RequestTraits>(Object.entries(CLIENT_REQUESTS));

/** The eras of everything but the requests of clients. */
const OTHER_ERAS = new Map<string, readonly Era[]>(
  [CLIENT_NOTIFICATIONS, SERVER_NOTIFICATIONS, SERVER_REQUESTS].flatMap((table) => Object.entries(table)),
);

/** Every method that Holdfast knows by name. */
export const METHOD_NAMES: readonly string[] = [...new Set([...REQUESTS.keys(), ...OTHER_ERAS.keys()])];

/** What is known about a request of a client; undefined for a method that no revision defines. */
export function requestTraits(method: string): RequestTraits | undefined {
  return REQUESTS.get(method);
}

/** Whether servers send requests of that method. */
export function isServerRequest(method: string): boolean {
  return Object.hasOwn(SERVER_REQUESTS, method);
}

/** The eras in which either side may send that method, as a request or a notification; none for a method that no revision defines. */
export function erasOf(method: string): readonly Era[] {
  return REQUESTS.get(method)?.eras ?? OTHER_ERAS.get(method) ?? [];
}
