import type { IncomingMessage } from 'node:http';
import { HoldfastError } from '../core/errors/holdfast-error.ts';
import { isRecord } from '../lib/record.ts';
import { encodeUtf8 } from '../lib/utf8.ts';
import { notificationText } from '../mcp/jsonrpc.ts';
import type { Message } from '../mcp/message.ts';
import { peekMessage } from '../mcp/peek.ts';
import type { GatewayLink } from './gateway-link.ts';
import { readWhole } from './http-body.ts';
import type { Outlet } from './outlet.ts';
import { postHeaders } from './post-headers.ts';

/** Notifications that tell a client to ask again, by the capability that announces them. */
const CHANGES: Readonly<Record<string, string>> = {
  tools: 'notifications/tools/list_changed',
  prompts: 'notifications/prompts/list_changed',
  resources: 'notifications/resources/list_changed',
};

/**
 * The client's session at the gateway (revisions up to 2025-11-25). The gateway keeps it through crashes of servers and of the daemon; where
 * it does not know it any more (the workload was removed and made anew, or 30 days passed) the same session is begun again.
 */
export class LegacySession {
  id: string | null = null;
  /** The revision that was agreed on. */
  version: string | null = null;
  private readonly link: GatewayLink;
  private readonly outlet: Outlet;
  private initialize: Uint8Array | null = null;
  private capabilities: Readonly<Record<string, unknown>> = {};
  /** What the server has to be told again: the level of its log, and each subscription, in the client's own words. */
  private readonly told = new Map<string, Uint8Array>();
  private renewal: Promise<HoldfastError | null> | null = null;

  constructor(link: GatewayLink, outlet: Outlet) {
    this.link = link;
    this.outlet = outlet;
  }

  headers(): Record<string, string> {
    return {
      ...(this.id === null ? {} : { 'mcp-session-id': this.id }),
      ...(this.version === null ? {} : { 'mcp-protocol-version': this.version }),
    };
  }

  /** The gateway answered the client's `initialize`. An answer that is an error begins nothing. */
  begun(initialize: Uint8Array, { headers }: IncomingMessage, answer: Uint8Array): void {
    const result = resultOf(answer);
    const id = headers['mcp-session-id'];
    if (result === null || typeof id !== 'string') return;
    this.id = id;
    this.version = String(result['protocolVersion']);
    this.capabilities = isRecord(result['capabilities']) ? result['capabilities'] : {};
    this.initialize = initialize;
    this.told.clear();
  }

  /** Takes note of what a new session would have to be told. */
  remember(request: Message): void {
    const uri = request.text('params.uri') ?? '';
    if (request.method === 'logging/setLevel') this.told.set('', request.ownBytes);
    else if (request.method === 'resources/subscribe') this.told.set(uri, request.ownBytes);
    else if (request.method === 'resources/unsubscribe') this.told.delete(uri);
  }

  /** Begins the session anew, once however many ask. @param dead the id that the gateway does not know. @returns why that is not possible */
  renew(dead: string | null, signal: AbortSignal): Promise<HoldfastError | null> {
    if (this.id !== dead) return Promise.resolve(null);
    this.renewal ??= this.beginAgain(signal).finally(() => (this.renewal = null));
    return this.renewal;
  }

  private async beginAgain(signal: AbortSignal): Promise<HoldfastError | null> {
    if (this.initialize === null) return unknown('the client did not initialize one');
    const delivery = await this.post(this.initialize, {}, signal);
    if (delivery instanceof HoldfastError) return delivery;
    const { response, body } = delivery;
    const id = response.headers['mcp-session-id'];
    const result = resultOf(body);
    if (result === null || typeof id !== 'string') return unknown('it could not be begun again');
    if (result['protocolVersion'] !== this.version) {
      const what = `The new server speaks ${String(result['protocolVersion'])} and not ${this.version ?? ''}`;
      return new HoldfastError('HF_VERSION_LOST', { what });
    }
    const headers = { ...this.headers(), 'mcp-session-id': id };
    for (const text of [encodeUtf8(notificationText('notifications/initialized', null)), ...this.told.values()]) {
      const answer = await this.post(text, headers, signal);
      if (answer instanceof HoldfastError) return answer;
    }
    this.id = id;
    for (const [capability, method] of Object.entries(CHANGES)) {
      const declared = this.capabilities[capability];
      if (isRecord(declared) && declared['listChanged'] === true) this.outlet.write(encodeUtf8(notificationText(method, null)));
    }
    return null;
  }

  private async post(
    body: Uint8Array,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<HoldfastError | { readonly response: IncomingMessage; readonly body: Uint8Array }> {
    const delivery = await this.link.deliver({ method: 'POST', headers: { ...postHeaders, ...headers }, body, signal });
    if (delivery.kind === 'failed') return delivery.error;
    if (delivery.kind !== 'answer') return unknown('it could not be begun again');
    const answer = await readWhole(delivery.response);
    return answer === null ? unknown('it could not be begun again') : { response: delivery.response, body: answer };
  }
}

function resultOf(answer: Uint8Array): Readonly<Record<string, unknown>> | null {
  const message = peekMessage(answer);
  const result = message.ok ? message.json('result') : null;
  return isRecord(result) ? result : null;
}

function unknown(why: string): HoldfastError {
  return new HoldfastError('HF_SESSION_UNKNOWN', { what: 'The gateway does not know the session any more', why });
}
