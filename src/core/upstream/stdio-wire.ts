import { LineSplitter } from '../../mcp/line-splitter.ts';
import type { Message } from '../../mcp/message.ts';
import { peekMessage } from '../../mcp/peek.ts';
import { flatten, type Splice, spliceRanges } from '../../mcp/splice.ts';
import type { StdioChannel } from '../ports/stdio-channel.ts';

const LINE_FEED = Uint8Array.of(0x0a);
const encoder = new TextEncoder();

export interface WireEvents {
  message(message: Message): void;
  /** A line of stdout that is no JSON-RPC message. */
  noise(line: Uint8Array, why: string): void;
  /** stdout ended; a half-written line, if any, was dropped. */
  end(partial: Uint8Array | undefined): void;
}

/** Messages to and from one incarnation of a stdio server: one JSON text a line (2025-11-25, basic/transports, "stdio"). */
export class StdioWire {
  private readonly channel: StdioChannel;

  constructor(channel: StdioChannel, events: WireEvents) {
    this.channel = channel;
    const splitter = new LineSplitter({
      line: (line) => {
        const message = peekMessage(line);
        if (message.ok) events.message(message);
        else events.noise(line, message.words);
      },
      tooLong: () => events.noise(new Uint8Array(0), 'a line is longer than 16 MiB'),
    });
    channel.listen({
      data: (chunk) => splitter.push(chunk),
      drain: () => undefined,
      end: () => events.end(splitter.end()),
    });
  }

  /** The runtime is finding out what became of the server; nothing can be sent meanwhile. */
  get lost(): boolean {
    return this.channel.lost === true;
  }

  /** Sends a client's message with some ranges replaced, as one line. False: the pipe is closed and not one byte was taken. */
  forward(message: Message, splices: readonly Splice[]): boolean {
    const bytes = message.hasLineBreak ? flatten(message.bytes) : message.bytes;
    return this.channel.write(spliceRanges(bytes, splices, message.start, message.end, LINE_FEED)) !== 'refused';
  }

  /** Sends a message of Holdfast's own. */
  send(json: string): boolean {
    return this.channel.write(encoder.encode(`${json}\n`)) !== 'refused';
  }
}

/** One process and the way to it. */
export interface StdioGeneration {
  readonly generation: number;
  readonly wire: StdioWire;
}

/** The bytes of a server's message with some ranges replaced, fit for one event: no line breaks in it. */
export function rewritten(message: Message, splices: readonly Splice[]): Uint8Array {
  const bytes = message.hasLineBreak ? flatten(message.bytes) : message.bytes;
  return splices.length === 0 ? bytes.subarray(message.start, message.end) : spliceRanges(bytes, splices, message.start, message.end);
}
