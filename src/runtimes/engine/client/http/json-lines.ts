import type { IncomingMessage } from 'node:http';
import { LineSplitter } from '../../../../mcp/line-splitter.ts';
import { EngineError } from '../engine-error.ts';
import { connectError } from './connect-error.ts';

/** One line is one event, or one step of a pull. */
const MOST_LINE_BYTES = 4 * 1024 * 1024;

/** The lines of an NDJSON stream, as text; a last one without its end as well. @throws EngineError where the stream breaks */
export async function* jsonLines(incoming: IncomingMessage, attempt: string): AsyncGenerator<string> {
  let lines: string[] = [];
  const splitter = new LineSplitter(
    {
      line: (bytes) => lines.push(textOf(bytes)),
      tooLong() {
        throw new EngineError('unavailable', { attempt, words: `a line of the answer is longer than ${MOST_LINE_BYTES} bytes` });
      },
    },
    MOST_LINE_BYTES,
  );
  for await (const chunk of unbroken(incoming, attempt)) {
    splitter.push(chunk);
    const whole = lines;
    lines = [];
    yield* whole;
  }
  const rest = splitter.end();
  if (rest !== undefined) yield textOf(rest);
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

/** The same chunks; a failure of the connection is an EngineError. What the reader throws is its own. */
export async function* unbroken(incoming: IncomingMessage, attempt: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) yield chunk;
  } catch (error) {
    throw connectError(attempt, error instanceof Error ? error : new Error(String(error)));
  }
}
