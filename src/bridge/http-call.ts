import { type Agent, request as httpRequest, type IncomingMessage } from 'node:http';

/** One HTTP request to the gateway. */
export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
  /** Gives it up, its answer included. */
  readonly signal: AbortSignal;
}

/**
 * What became of it. `not-reached`: there was no connection, so not one byte was sent. `broken`: there was one, and it broke before the
 * answer began; the request may have arrived. `aborted`: its signal.
 */
export type HttpOutcome =
  | { readonly kind: 'answer'; readonly response: IncomingMessage }
  | { readonly kind: 'not-reached'; readonly why: string }
  | { readonly kind: 'broken'; readonly why: string }
  | { readonly kind: 'aborted' };

/** @param connected told when a connection stands and the request is on its way */
export function sendCall(url: string, call: HttpCall, agent: Agent, connected: () => void = () => undefined): Promise<HttpOutcome> {
  const { method, headers, body, signal } = call;
  if (signal.aborted) return Promise.resolve({ kind: 'aborted' });
  return new Promise((resolve) => {
    let isConnected = false;
    const stands = (): void => {
      isConnected = true;
      connected();
    };
    const request = httpRequest(url, { method, headers, agent, signal }, (response) => resolve({ kind: 'answer', response }));
    request.once('socket', (socket) => (socket.connecting ? socket.once('connect', stands) : stands()));
    request.on('error', ({ message }) =>
      resolve(signal.aborted ? { kind: 'aborted' } : { kind: isConnected ? 'broken' : 'not-reached', why: message }),
    );
    request.end(body ?? undefined);
  });
}
