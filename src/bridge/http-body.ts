import type { IncomingMessage } from 'node:http';
import { type EventSink, EventStreamReader } from '../mcp/event-stream.ts';
import { peekMessage } from '../mcp/peek.ts';

/** Larger answers are not passed on, bytes. Events have the limit of their reader. */
export const MOST_ANSWER_BYTES = 64 * 1024 * 1024;

export function isEventStream({ statusCode, headers }: IncomingMessage): boolean {
  return statusCode === 200 && /^text\/event-stream\b/i.test(headers['content-type'] ?? '');
}

/** The whole body; null where its connection broke. What is larger than MOST_ANSWER_BYTES is cut off there. */
export async function readWhole(response: IncomingMessage): Promise<Uint8Array | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > MOST_ANSWER_BYTES) break;
    }
  } catch {
    // The connection broke: null says so.
    return null;
  }
  return Buffer.concat(chunks);
}

/** Hands each event on, and waits after each piece until the client keeps up. Resolves at the end of the stream, whole or broken. */
export async function readEvents(response: IncomingMessage, sink: EventSink, keptUp: () => Promise<void>): Promise<void> {
  const reader = new EventStreamReader(sink);
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      reader.push(chunk);
      await keptUp();
    }
  } catch {
    // Whether it ended or broke makes no difference: what is missing is asked for again.
  }
}

/** The code of ours in a JSON-RPC error; null where there is none. */
export function codeOf(body: Uint8Array): string | null {
  const message = peekMessage(body);
  const data = message.ok ? message.json('error.data') : null;
  return typeof data === 'object' && data !== null && 'code' in data && typeof data.code === 'string' ? data.code : null;
}
