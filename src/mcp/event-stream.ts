/** Reading an event stream (text/event-stream, WHATWG HTML 9.2.6) out of bytes, whatever the chunks. */

import { GrowingBytes } from '../lib/growing-bytes.ts';
import { EventBlock, type StreamEvent } from './event-block.ts';

/** Larger events are thrown away by default: 16 MiB. */
export const DEFAULT_MAX_EVENT_BYTES = 16 * 1024 * 1024;

export interface EventSink {
  event(event: StreamEvent): void;
  /** An event grew over the limit; all of it is thrown away. Called once for the event, as soon as it is certain. */
  tooLong(): void;
}

const LF = 0x0a;
const CR = 0x0d;

/** Holds at most one unfinished event, of at most `maxEventBytes` with its field names and line ends. */
export class EventStreamReader {
  private readonly sink: EventSink;
  private readonly maxEventBytes: number;
  private readonly block = new EventBlock();
  /** The beginning of a line whose end has not come. */
  private readonly partial = new GrowingBytes();
  private isFirstLine = true;
  /** Whether the last chunk ended with a CR: then a LF at once is part of the same line end. */
  private isAfterCr = false;
  private isDiscarding = false;
  /** While discarding, lines are not kept; an empty one is told by this. */
  private lineHasBytes = false;

  constructor(sink: EventSink, maxEventBytes: number = DEFAULT_MAX_EVENT_BYTES) {
    this.sink = sink;
    this.maxEventBytes = maxEventBytes;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    let from = this.isAfterCr && chunk[0] === LF ? 1 : 0;
    this.isAfterCr = false;
    let lf = chunk.indexOf(LF, from);
    let cr = chunk.indexOf(CR, from);
    while (lf >= 0 || cr >= 0) {
      const lineEnd = lf < 0 || (cr >= 0 && cr < lf) ? cr : lf;
      this.finishLine(chunk, from, lineEnd);
      from = lineEnd + 1;
      if (lineEnd === cr) {
        if (chunk[from] === LF) from += 1;
        this.isAfterCr = from === chunk.length && chunk[from - 1] === CR;
      }
      if (lf >= 0 && lf < from) lf = chunk.indexOf(LF, from);
      if (cr >= 0 && cr < from) cr = chunk.indexOf(CR, from);
    }
    if (from < chunk.length) this.keepPartial(chunk.subarray(from));
  }

  /** The stream is over. Returns whether an event was cut off; it is thrown away, as the specification demands. */
  end(): boolean {
    const wasCut = this.isDiscarding || this.partial.length > 0 || this.block.bytes > 0;
    this.reset();
    return wasCut;
  }

  /** Forgets everything, for another stream. */
  reset(): void {
    this.block.clear();
    this.partial.clear();
    this.isFirstLine = true;
    this.isAfterCr = false;
    this.isDiscarding = false;
    this.lineHasBytes = false;
  }

  /** A line ends whose last piece is `chunk[start, end)`. */
  private finishLine(chunk: Uint8Array, start: number, end: number): void {
    if (this.isDiscarding || !this.fits(end - start)) {
      if (!this.lineHasBytes && start === end) this.isDiscarding = false;
      this.lineHasBytes = false;
    } else if (this.partial.length > 0) {
      this.partial.append(chunk.subarray(start, end));
      const line = this.partial.take();
      this.takeLine(line, 0, line.length);
    } else {
      this.takeLine(chunk, start, end);
    }
  }

  private takeLine(bytes: Uint8Array, lineStart: number, end: number): void {
    const start = this.isFirstLine ? behindByteOrderMark(bytes, lineStart) : lineStart;
    this.isFirstLine = false;
    if (start < end) {
      this.block.addLine(bytes, start, end);
      return;
    }
    const event = this.block.finish();
    if (event !== undefined) this.sink.event(event);
  }

  private keepPartial(piece: Uint8Array): void {
    if (!this.isDiscarding && this.fits(piece.length)) this.partial.append(piece);
    else this.lineHasBytes = true;
  }

  /** Whether `added` more bytes may join the event; if not, the event is thrown away. */
  private fits(added: number): boolean {
    if (this.block.bytes + this.partial.length + added <= this.maxEventBytes) return true;
    this.partial.clear();
    this.block.clear();
    this.isDiscarding = true;
    this.sink.tooLong();
    return false;
  }
}

/** The stream may begin with one byte order mark, which belongs to no line. */
function behindByteOrderMark(bytes: Uint8Array, start: number): number {
  return bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf ? start + 3 : start;
}
