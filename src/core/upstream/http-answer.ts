import { copied } from '../../lib/copied.ts';
import { EventStreamReader } from '../../mcp/event-stream.ts';
import type { Message } from '../../mcp/message.ts';
import { peekMessage } from '../../mcp/peek.ts';
import type { Clock } from '../ports/clock.ts';
import type { HttpCall, HttpConnection } from '../ports/http-caller.ts';

/** A whole answer of a backend to something that Holdfast asked in its own name. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The response in the body, JSON or the first one in an event stream; null where there is none. */
  readonly response: Message | null;
}

/** The backend could not be reached, or the connection broke before the answer was whole. */
export class HttpFailure extends Error {
  readonly delivered: boolean;

  constructor(delivered: boolean, why: string) {
    super(why);
    this.delivered = delivered;
  }
}

const MOST_BYTES = 16 * 1024 * 1024;

/** How long Holdfast waits for an answer to something that it asks in its own name, ms: a server that hangs must not hang sessions for ever. */
const PATIENCE_MS = 30_000;

/** Calls the backend and reads the whole answer. @throws HttpFailure, also where none comes within 30 s */
export function ask(connection: HttpConnection, call: HttpCall, clock: Clock): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    let status = 0;
    let headers: HttpAnswer['headers'] = {};
    let response: Message | null = null;
    let bytes = 0;
    const chunks: Uint8Array[] = [];
    let reader: EventStreamReader | null = null;
    const take = (data: Uint8Array): void => {
      const message = peekMessage(data);
      if (message.ok && (message.kind === 'response' || message.kind === 'error-response')) response ??= message;
    };
    const stopTimer = clock.after(PATIENCE_MS, () => {
      running.abort();
      reject(new HttpFailure(true, `no answer within ${PATIENCE_MS / 1000} s`));
    });
    const running = connection.call(call, {
      head: (code, fields) => {
        status = code;
        headers = fields;
        if (isEventStream(fields))
          reader = new EventStreamReader({ event: (event) => event.data && take(copied(event.data)), tooLong: () => undefined });
      },
      data: (chunk) => {
        bytes += chunk.length;
        if (bytes > MOST_BYTES) {
          stopTimer();
          running.abort();
          return reject(new HttpFailure(true, 'the answer is larger than 16 MB'));
        }
        if (!reader) chunks.push(chunk);
        else reader.push(chunk);
        if (response) {
          // The stream may stay open for long; what was asked for is here.
          stopTimer();
          running.abort();
          resolve({ status, headers, response });
        }
      },
      end: () => {
        stopTimer();
        if (!reader && chunks.length > 0) take(joined(chunks));
        resolve({ status, headers, response });
      },
      failed: (delivered, why) => {
        stopTimer();
        reject(new HttpFailure(delivered, why));
      },
    });
  });
}

export function isEventStream(headers: HttpAnswer['headers']): boolean {
  return headerText(headers, 'content-type').startsWith('text/event-stream');
}

export function headerText(headers: HttpAnswer['headers'], name: string): string {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? '';
}

export function joined(chunks: readonly Uint8Array[]): Uint8Array {
  if (chunks.length === 1 && chunks[0]) return chunks[0];
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
