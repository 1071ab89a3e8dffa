import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { EngineAddress } from '../engine-address.ts';
import type { EngineError } from '../engine-error.ts';
import type { EngineGate } from '../engine-gate.ts';
import { answerError, type Subject } from './answer-error.ts';
import { CallQueue } from './call-queue.ts';
import { cancelledError, connectError, timeoutError, waitedError } from './connect-error.ts';
import { type Connection, connectionTo } from './connection.ts';
import { readBody } from './read-body.ts';

/** Short calls at once; what is more waits for its turn. The bound of a call runs from the moment when it is sent. */
const MOST_SOCKETS = 8;
/** An engine removes one thing after the other, and lets whoever asks for more at once wait: eight take a busy Podman longer than the bound. */
const MOST_REMOVALS = 2;

export interface EngineRequest {
  readonly method: 'GET' | 'POST' | 'DELETE' | 'HEAD';
  /** With its version, e.g. `/v1.41/containers/json`. */
  readonly path: string;
  /** What is tried, for errors: `create container weather`. */
  readonly attempt: string;
  readonly subject: Subject;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of the client's own bound. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface EngineAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** HTTP with an engine. Every method throws EngineError, for answers of 400 and more as well. */
export interface Transport {
  /** One call within the bound, over connections that are kept. */
  call(request: EngineRequest): Promise<EngineAnswer>;
  /** An answer of any length, over a connection of its own; its head within the bound, unless `timeoutMs` is 0. Destroy it to end it. */
  stream(request: EngineRequest): Promise<http.IncomingMessage>;
  /** The connection itself, when the engine agreed to give up HTTP on it. Nothing was read from it but what `head` holds. */
  upgrade(request: EngineRequest): Promise<{ readonly socket: Socket; readonly head: Buffer }>;
  close(): void;
}

export interface TransportOptions {
  readonly address: EngineAddress;
  readonly timeoutMs: number;
  readonly gate: EngineGate;
}

export function createTransport(options: TransportOptions): Transport {
  let connection: Connection | null = null;
  let agents: { readonly calls: http.Agent; readonly removals: http.Agent } | null = null;
  const queue = new CallQueue();
  const open = new Set<() => void>();
  let closed = false;

  /** Sends it, and resolves with what comes first: an answer, or a connection that left HTTP. */
  async function send(request: EngineRequest, kept: boolean): Promise<Arrival> {
    if (closed || request.signal?.aborted) throw cancelledError(request.attempt);
    await options.gate.pass(request.attempt);
    connection ??= connectionTo(options.address);
    const { secure, options: where } = connection;
    const { Agent } = secure ? https : http;
    agents ??= {
      calls: new Agent({ keepAlive: true, maxSockets: MOST_SOCKETS }),
      removals: new Agent({ keepAlive: true, maxSockets: MOST_REMOVALS }),
    };
    const agent = request.method === 'DELETE' ? agents.removals : agents.calls;
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    const outgoing = (secure ? https : http).request({
      ...where,
      // The engine behind a socket has no name.
      headers: { Host: 'engine', ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...request.headers },
      method: request.method,
      path: request.path,
      agent: kept ? agent : false,
    });
    return new Promise((resolve, reject) => {
      const timeoutMs = request.timeoutMs ?? options.timeoutMs;
      /** Why it was ended from here; what Node says of it afterwards (`aborted`) is of no use. */
      let why: EngineError | null = null;
      const end = (error: EngineError): void => {
        why ??= error;
        outgoing.destroy(error);
      };
      const stop = (): void => end(cancelledError(request.attempt));
      let timer: NodeJS.Timeout | undefined;
      const leave = queue.enter((words) => end(waitedError(request.attempt, words)));
      const settle = (): void => {
        clearTimeout(timer);
        leave();
        open.delete(stop);
        request.signal?.removeEventListener('abort', stop);
      };
      open.add(stop);
      request.signal?.addEventListener('abort', stop, { once: true });
      outgoing.once('socket', () => {
        leave();
        if (why !== null || timeoutMs === 0) return;
        const sentAt = performance.now();
        timer = setTimeout(() => {
          end(timeoutError(request.attempt, timeoutMs));
          queue.unanswered(sentAt, timeoutMs);
        }, timeoutMs);
      });
      // Stays for good: a connection may fail at any time, also after its answer.
      outgoing.on('error', (error) => {
        settle();
        reject(failure(why ?? connectError(request.attempt, error)));
      });
      outgoing.once('close', settle);
      outgoing.once('response', (incoming) => {
        options.gate.answers();
        queue.answered();
        const wholeBody = async (): Promise<string> => {
          try {
            return await readBody(incoming, request.attempt);
          } catch (error) {
            throw failure(why ?? connectError(request.attempt, error as Error));
          }
        };
        resolve({ incoming, body: wholeBody, settle, stop });
      });
      outgoing.once('upgrade', (_incoming, socket: Socket, head) => {
        settle();
        resolve({ socket, head });
      });
      outgoing.end(body);
    });
  }

  function failure(error: EngineError): EngineError {
    if (error.kind === 'unavailable') options.gate.lost();
    return error;
  }

  async function refusal(request: EngineRequest, arrived: Answered): Promise<EngineError> {
    return answerError(request.subject, request.attempt, arrived.incoming.statusCode ?? 0, await arrived.body());
  }

  async function callOnce(request: EngineRequest): Promise<EngineAnswer> {
    const arrived = await send(request, true);
    if (!('incoming' in arrived)) throw unexpectedUpgrade(request, arrived.socket);
    const { incoming } = arrived;
    if (isRefusal(incoming)) throw await refusal(request, arrived);
    return { status: incoming.statusCode ?? 0, headers: incoming.headers, body: await arrived.body() };
  }

  return {
    async call(request) {
      try {
        return await callOnce(request);
      } catch (error) {
        // A kept connection that the engine closed at the same moment: asked once more where asking twice changes nothing.
        if (request.method === 'GET' && isReset(error)) return callOnce(request);
        throw error;
      }
    },
    async stream(request) {
      const arrived = await send(request, false);
      if (!('incoming' in arrived)) throw unexpectedUpgrade(request, arrived.socket);
      const { incoming, settle, stop } = arrived;
      if (isRefusal(incoming)) throw await refusal(request, arrived);
      // From here on it may take as long as it takes; `close` and the signal still end it.
      settle();
      open.add(stop);
      request.signal?.addEventListener('abort', stop, { once: true });
      incoming.once('close', settle);
      incoming.on('error', () => {
        // Whoever reads it is told by the stream itself.
      });
      return incoming;
    },
    async upgrade(request) {
      const arrived = await send({ ...request, headers: { ...request.headers, Connection: 'Upgrade', Upgrade: 'tcp' } }, false);
      if ('incoming' in arrived) {
        if (isRefusal(arrived.incoming)) throw await refusal(request, arrived);
        arrived.incoming.destroy();
        throw answerError(
          'engine',
          request.attempt,
          502,
          'the connection was not upgraded: something between here and the engine does not allow it',
        );
      }
      const { socket } = arrived;
      const stop = (): void => void socket.destroy();
      open.add(stop);
      socket.once('close', () => open.delete(stop));
      return arrived;
    },
    close() {
      closed = true;
      for (const stop of open) stop();
      agents?.calls.destroy();
      agents?.removals.destroy();
    },
  };
}

interface Answered {
  readonly incoming: http.IncomingMessage;
  readonly body: () => Promise<string>;
  readonly settle: () => void;
  readonly stop: () => void;
}

type Arrival = Answered | { readonly socket: Socket; readonly head: Buffer };

function isRefusal({ statusCode }: http.IncomingMessage): boolean {
  return statusCode === undefined || statusCode >= 400;
}

function unexpectedUpgrade(request: EngineRequest, socket: Socket): EngineError {
  socket.destroy();
  return answerError('engine', request.attempt, 502, 'the engine left HTTP unasked');
}

function isReset(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && (cause.code === 'ECONNRESET' || cause.code === 'EPIPE');
}
