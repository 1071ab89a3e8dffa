import type { ContainerLogLine } from '../client/containers/container-logs.ts';

/** A line of this length goes on in the next one, bytes. */
const WHOLE_LINE_MAX = 64 * 1024;
const [BRACE, BRACKET] = [0x7b, 0x5b];

/** The log of a stdio server without the messages that it wrote to stdout. */
export async function* withoutAnswers(lines: AsyncIterable<ContainerLogLine>): AsyncGenerator<ContainerLogLine> {
  let inAnswer = false;
  for await (const line of lines) {
    if (line.stream === 'stderr') yield line;
    else {
      const answer: boolean = inAnswer || isMessage(line.line);
      // The rest of a message that was cut is none that one could tell by its first character.
      inAnswer = answer && line.line.length >= WHOLE_LINE_MAX;
      if (!answer && line.line.length > 0) yield line;
    }
  }
}

function isMessage(line: Uint8Array): boolean {
  return line[0] === BRACE || line[0] === BRACKET;
}
