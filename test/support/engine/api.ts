import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import type { Readable } from 'node:stream';

/** Where an engine of the tests listens. */
export interface EngineAddress {
  readonly kind: 'docker' | 'podman';
  /** Path of its unix socket. */
  readonly socket: string;
}

export type EngineKind = EngineAddress['kind'];

const BOUND_MS = 30_000;

export interface EngineAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
}

export interface EngineCall {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With its query, e.g. `/containers/json?all=1`; of API version 1.40 where it names none. */
  readonly path: string;
  /** Sent as JSON, or as a tar where it is a stream. */
  readonly body?: object | Readable;
  /** ms; 30 s where absent */
  readonly boundMs?: number;
}

/** A call of the engine's HTTP API, whatever its status. Nothing of the code under test is used. */
export async function engineCall({ socket }: Pick<EngineAddress, 'socket'>, call: EngineCall): Promise<EngineAnswer> {
  const { method = 'GET', path, boundMs = BOUND_MS } = call;
  const response = await engineStream({ socket }, call);
  const timer = setTimeout(() => response.destroy(new Error(`${method} ${path} was not answered to its end in ${boundMs} ms`)), boundMs);
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  clearTimeout(timer);
  const bytes = Buffer.concat(chunks);
  return { status: response.statusCode ?? 0, headers: response.headers, bytes, text: bytes.toString('utf8') };
}

/** The same for an answer that has no end, e.g. events. Whoever called destroys it. */
export function engineStream({ socket }: Pick<EngineAddress, 'socket'>, call: EngineCall): Promise<IncomingMessage> {
  const { method = 'GET', body, boundMs = BOUND_MS } = call;
  const isStream = body !== undefined && 'pipe' in body;
  const path = /^\/(v\d|_ping|version)/.test(call.path) ? call.path : `/v1.40${call.path}`;
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': isStream ? 'application/x-tar' : 'application/json' };
    const outgoing = request({ socketPath: socket, method, path, headers, agent: false }, (response) => {
      clearTimeout(timer);
      resolve(response);
    });
    const timer = setTimeout(() => outgoing.destroy(new Error(`${method} ${path} was not answered in ${boundMs} ms`)), boundMs);
    outgoing.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    if (!isStream) outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    else body.once('error', (error) => outgoing.destroy(error)).pipe(outgoing);
  });
}

/** A call that must succeed; resolves with what the JSON of its answer says. @throws Error with the engine's words */
export async function engineJson<T = unknown>(engine: Pick<EngineAddress, 'socket'>, call: EngineCall): Promise<T> {
  const { status, text } = await engineCall(engine, call);
  if (status >= 400) throw new Error(`${call.method ?? 'GET'} ${call.path} ended with ${status}: ${text.trim()}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}
