import type { CallToolResult, LoggingLevel } from '@modelcontextprotocol/sdk/types.js';
import type { Program } from './home.ts';

/** `old`: @modelcontextprotocol/sdk 1 · `new`: @modelcontextprotocol/client 2. */
export type Sdk = 'old' | 'new';
export const SDKS: readonly Sdk[] = ['old', 'new'];

export interface ClientOptions {
  /** Name in `clientInfo`. */
  readonly name?: string;
  /** What the user answers; without it elicitation is not declared. */
  readonly elicit?: (message: string) => string | Promise<string>;
  /** What the model answers; without it sampling is not declared. */
  readonly sample?: (text: string) => string;
  /** Folders; without them roots are not declared. */
  readonly roots?: readonly string[];
  /** Of the new SDK: asks for the era of the server first. */
  readonly auto?: boolean;
  /** Speaks to this program on its stdin and stdout, not to a URL. */
  readonly stdio?: Program;
  /** How often a broken stream is asked for again; as often as the SDK does by itself where absent. */
  readonly streamRetries?: number;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  readonly onProgress?: (progress: number) => void;
}

export interface Notification {
  readonly method: string;
  readonly params?: Readonly<Record<string, unknown>> | undefined;
}

/** One HTTP exchange of a client, as its `fetch` saw it. */
export interface Fetched {
  readonly verb: string;
  readonly status: number;
  readonly headers: Headers;
}

/** What the tests need of a client, whichever SDK it is made with. */
export interface TestClient {
  readonly sdk: Sdk;
  /** Notifications that no handler of the SDK took, in order. */
  readonly notifications: Notification[];
  readonly fetched: Fetched[];
  /** What the SDK reported beside the calls. */
  readonly errors: Error[];
  sessionId(): string | undefined;
  era(): 'legacy' | 'modern';
  protocolVersion(): string | undefined;
  /** The whole result. */
  call(tool: string, args?: Record<string, unknown>, options?: CallOptions): Promise<CallToolResult>;
  /** The text of the result. */
  text(tool: string, args?: Record<string, unknown>, options?: CallOptions): Promise<string>;
  tools(): Promise<string[]>;
  ping(): Promise<void>;
  setLevel(level: LoggingLevel): Promise<void>;
  subscribe(uri: string): Promise<void>;
  read(uri: string): Promise<string>;
  rootsChanged(): Promise<void>;
  /** Ends the session with DELETE. */
  terminate(): Promise<void>;
  /** Leaves; the session stays. */
  close(): Promise<void>;
}

/** A JSON-RPC error as a client got it. */
export interface Failure {
  readonly code: number;
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The error that a call ends with. */
export async function failure(call: Promise<unknown>): Promise<Failure> {
  const error = await call.then(
    (value) => new Error(`it succeeded with ${JSON.stringify(value)?.slice(0, 300)}`),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error)) throw new Error(`no error was thrown but ${String(error)}`);
  const { code, data } = error as Error & { code?: unknown; data?: unknown };
  if (typeof code !== 'number') throw error;
  return { code, message: error.message, data: (data ?? {}) as Failure['data'] };
}

/** The text parts of a result. */
export const textOf = (result: CallToolResult): string => result.content.map((part) => (part.type === 'text' ? part.text : '')).join('');

/** What a client with these options declares. */
export function capabilitiesOf({ elicit, sample, roots }: ClientOptions): {
  elicitation?: Record<string, never>;
  sampling?: Record<string, never>;
  roots?: { listChanged: true };
} {
  return {
    ...(elicit ? { elicitation: {} } : {}),
    ...(sample ? { sampling: {} } : {}),
    ...(roots ? { roots: { listChanged: true as const } } : {}),
  };
}

/** How a transport of an SDK asks for a broken stream again; what the SDK does by itself where nothing is said. */
export function reconnectionOf({ streamRetries }: ClientOptions): { reconnectionOptions?: StreamReconnection } {
  if (streamRetries === undefined) return {};
  const delays = { initialReconnectionDelay: 500, maxReconnectionDelay: 2_000, reconnectionDelayGrowFactor: 1.5 };
  return { reconnectionOptions: { ...delays, maxRetries: streamRetries } };
}

interface StreamReconnection {
  readonly maxReconnectionDelay: number;
  readonly initialReconnectionDelay: number;
  readonly reconnectionDelayGrowFactor: number;
  readonly maxRetries: number;
}

/** Node's `fetch`, which writes down what came back. */
export function recordingFetch(fetched: Fetched[]): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    fetched.push({ verb: init?.method ?? 'GET', status: response.status, headers: response.headers });
    return response;
  };
}
