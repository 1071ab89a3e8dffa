import type { IncomingMessage } from 'node:http';
import { EngineError } from '../engine-error.ts';

/** The largest answers are lists of hundreds of containers: a few MB. */
const MOST_BYTES = 64 * 1024 * 1024;

/** The whole body as text. Throws what the stream throws. */
export async function readBody(incoming: IncomingMessage, attempt: string): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MOST_BYTES) throw new EngineError('unavailable', { attempt, words: `the answer is longer than ${MOST_BYTES} bytes` });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
