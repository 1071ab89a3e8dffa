/** Cutting the output of a stdio server into lines, which are its messages (MCP, stdio transport). */

import { GrowingBytes } from '../lib/growing-bytes.ts';

/** Longer lines are thrown away by default: 16 MiB. */
export const DEFAULT_MAX_LINE_BYTES = 16 * 1024 * 1024;

const LF = 0x0a;
const CR = 0x0d;

export interface LineSink {
  /**
   * A complete line that is not empty, without its LF or CRLF. A view of the pushed chunk where the line lay in one chunk, so it must not
   * be written to. A lone CR stays in it: see `flatten`.
   */
  line(bytes: Uint8Array): void;
  /** A line grew over the limit; all of it is thrown away. Called once for the line, as soon as it is certain. */
  tooLong(): void;
}

/** Holds at most one unfinished line, of at most `maxLineBytes` (counted without the LF). */
export class LineSplitter {
  private readonly sink: LineSink;
  private readonly maxLineBytes: number;
  private readonly partial = new GrowingBytes();
  private discarding = false;

  constructor(sink: LineSink, maxLineBytes: number = DEFAULT_MAX_LINE_BYTES) {
    this.sink = sink;
    this.maxLineBytes = maxLineBytes;
  }

  push(chunk: Uint8Array): void {
    let from = 0;
    for (;;) {
      const lineEnd = chunk.indexOf(LF, from);
      if (lineEnd < 0) break;
      this.finishLine(chunk.subarray(from, lineEnd));
      from = lineEnd + 1;
    }
    if (from < chunk.length && this.fits(chunk.length - from)) this.partial.append(chunk.subarray(from));
  }

  /** The stream is over. Returns the unfinished line, which is no message; undefined where there is none, or where it was too long. */
  end(): Uint8Array | undefined {
    const rest = this.partial.length > 0 ? this.partial.take() : undefined;
    this.reset();
    return rest;
  }

  /** Forgets an unfinished line, for the output of another process. */
  reset(): void {
    this.partial.clear();
    this.discarding = false;
  }

  private finishLine(tail: Uint8Array): void {
    const fits = this.fits(tail.length);
    this.discarding = false;
    if (!fits) return;
    let line = tail;
    if (this.partial.length > 0) {
      this.partial.append(tail);
      line = this.partial.take();
    }
    if (line[line.length - 1] === CR) line = line.subarray(0, -1);
    if (line.length > 0) this.sink.line(line);
  }

  /** Whether `added` more bytes may join the line; says so to the sink when it is the first time that they may not. */
  private fits(added: number): boolean {
    if (this.discarding) return false;
    if (this.partial.length + added <= this.maxLineBytes) return true;
    this.partial.clear();
    this.discarding = true;
    this.sink.tooLong();
    return false;
  }
}
