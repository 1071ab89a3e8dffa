import type { ContainerLogLine } from '../client/containers/container-logs.ts';

/** A line of this length goes on in the next one, bytes. */
const WHOLE_LINE_MAX = 64 * 1024;
const [BRACE, BRACKET] = [0x7b, 0x5b];
const decoder = new TextDecoder();

/** The log of a stdio server without the messages that it wrote to stdout. */
export async function* withoutAnswers(lines: AsyncIterable<ContainerLogLine>): AsyncGenerator<ContainerLogLine> {
  let inAnswer = false;
  for await (const line of lines) {
    if (line.stream === 'stderr') yield line;
    else {
      const isCut = line.line.length >= WHOLE_LINE_MAX;
      const answer: boolean = inAnswer || (isCut ? beginsLikeMessage(line.line) : isMessage(line.line));
      // The rest of a message that was cut is none that one could tell by its looks.
      inAnswer = answer && isCut;
      if (!answer && line.line.length > 0) yield line;
    }
  }
}

function beginsLikeMessage(line: Uint8Array): boolean {
  return line[0] === BRACE || line[0] === BRACKET;
}

/** What only looks like one, or is half of one, somebody will want to see. */
function isMessage(line: Uint8Array): boolean {
  if (!beginsLikeMessage(line)) return false;
  try {
    const parsed: unknown = JSON.parse(decoder.decode(line));
    return Array.isArray(parsed) ? parsed.length > 0 && parsed.every(saysItIs) : saysItIs(parsed);
  } catch {
    // No JSON.
    return false;
  }
}

function saysItIs(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'jsonrpc' in value;
}
