import { StringDecoder } from 'node:string_decoder';

/** Splits a stream of bytes into the JSON objects of its lines. An unfinished last line is dropped: its writer died. */
export async function* jsonLines(bytes: AsyncIterable<unknown>): AsyncGenerator<Record<string, unknown>> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of bytes) {
    const parts = (rest + decoder.write(chunk as Buffer)).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) if (part !== '') yield JSON.parse(part) as Record<string, unknown>;
  }
}
