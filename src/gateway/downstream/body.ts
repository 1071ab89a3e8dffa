import type { IncomingMessage } from 'node:http';
import { HoldfastError } from '../../core/errors/holdfast-error.ts';

/** Larger bodies are refused, bytes. Servers of the official SDK take 4 MiB. */
export const MOST_BODY_BYTES = 16 * 1024 * 1024;

/** Reads a whole body and hands it on; `failed` gets HF_BODY_TOO_LARGE. A client that leaves in between is not answered at all. */
export function readBody(request: IncomingMessage, done: (body: Uint8Array) => void, failed: (error: HoldfastError) => void): void {
  if (Number(request.headers['content-length'] ?? 0) > MOST_BODY_BYTES) return failed(tooLarge());
  let first: Buffer | null = null;
  let rest: Buffer[] | null = null;
  let size = 0;
  let over = false;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (over) return;
    if (size > MOST_BODY_BYTES) {
      over = true;
      rest = null;
      return failed(tooLarge());
    }
    if (first === null) first = chunk;
    else (rest ??= [first]).push(chunk);
  });
  request.on('end', () => {
    if (!over) done(rest ? Buffer.concat(rest) : (first ?? Buffer.alloc(0)));
  });
}

function tooLarge(): HoldfastError {
  return new HoldfastError('HF_BODY_TOO_LARGE', { what: `The body is larger than ${MOST_BODY_BYTES / 1024 / 1024} MB` });
}
