import { HoldfastError } from '../errors/holdfast-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { HttpConnection } from '../ports/http-caller.ts';
import type { HeaderList } from '../ports/reply.ts';
import type { Session } from '../session/session.ts';
import { ask, type HttpAnswer, HttpFailure } from './http-answer.ts';

const encoder = new TextEncoder();
const FIRST_PAUSE_MS = 5;
/** Each pause is a tenth of the time that has passed: however long a server boots, it is found ready at most so much later. */
const PAUSE_GROWTH = 1.1;
const LONGEST_PAUSE_MS = 250;
/**
 * A ping whose answer takes longer is given up and sent anew, ms: what publishes a container's port takes connections before the server does,
 * and may forget them. Each next one is given twice the time, since a server may also be slow.
 */
const FIRST_PING_MS = 250;
const LONGEST_PING_MS = 5_000;

/** Waiting for a backend that refuses connections. */
export interface Reachability {
  stop(): void;
}

/** Headers of a request in a session: what the client sent, with the backend's own session and revision. */
export function sessionHeaders(session: Session | null, passed: HeaderList): HeaderList {
  // In this order: copying first and changing then costs V8 a microsecond.
  const headers: HeaderList = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  if (session?.backend) {
    headers['mcp-protocol-version'] = session.backend.protocolVersion;
    if (session.backend.sessionId !== null) headers['mcp-session-id'] = session.backend.sessionId;
  }
  for (const name in passed) if (!Object.hasOwn(headers, name)) headers[name] = passed[name] ?? [];
  return headers;
}

/** Posts a message that gets no answer but a status. @throws HttpFailure */
export async function postMessage(
  connection: HttpConnection,
  session: Session | null,
  passed: HeaderList,
  body: Uint8Array,
  clock: Clock,
): Promise<HttpAnswer> {
  return ask(connection, { method: 'POST', headers: sessionHeaders(session, passed), body, longLived: false }, clock);
}

/**
 * Resolves when the backend answers anything over HTTP to a `ping` without a session, 4xx included. `initialize` would use up a server
 * that has one session only. Asks again and again until the signal aborts.
 */
export async function waitUntilReachable(connection: HttpConnection, clock: Clock, signal: AbortSignal): Promise<void> {
  const body = encoder.encode('{"jsonrpc":"2.0","id":"hf-ready","method":"ping"}');
  const call = { method: 'POST', headers: sessionHeaders(null, {}), body, longLived: false } as const;
  let pause = FIRST_PAUSE_MS;
  let patience = FIRST_PING_MS;
  for (;;) {
    if (signal.aborted) throw new HoldfastError('HF_CANCELLED', { what: 'The wait for the server was given up' });
    try {
      if ((await headOf(connection, call, patience, clock)) !== null) return;
      patience = Math.min(LONGEST_PING_MS, patience * 2);
      continue;
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error;
    }
    await sleep(clock, pause, signal);
    pause = Math.min(LONGEST_PAUSE_MS, pause * PAUSE_GROWTH);
  }
}

/** The status of an answer; its body is not waited for. Null where none came within `patience` ms. @throws HttpFailure */
function headOf(
  connection: HttpConnection,
  call: Parameters<HttpConnection['call']>[0],
  patience: number,
  clock: Clock,
): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const stopTimer = clock.after(patience, () => {
      running.abort();
      resolve(null);
    });
    const running = connection.call(call, {
      head: (status) => {
        stopTimer();
        resolve(status);
      },
      data: () => undefined,
      end: () => undefined,
      failed: (delivered, why) => {
        stopTimer();
        reject(new HttpFailure(delivered, why));
      },
    });
  });
}

export function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      stop();
      signal.removeEventListener('abort', wake);
      resolve();
    };
    const stop = clock.after(ms, wake);
    signal.addEventListener('abort', wake, { once: true });
  });
}
