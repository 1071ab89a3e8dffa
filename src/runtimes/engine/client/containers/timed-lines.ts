import { GrowingBytes } from '../../../../lib/growing-bytes.ts';
import type { ContainerLogLine } from './container-logs.ts';

/** Longest line, in bytes; a longer one comes as several. */
const LINE_MAX = 64 * 1024;
/** No time of an engine is longer. */
const STAMP_MAX = 40;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;

/**
 * The lines of one stream of a log, whose entries begin with a time. An engine cuts long lines into entries of about 16 KB: one that does not
 * end with a line end is continued by the next, and the line has the time of the first.
 */
export class TimedLines {
  private readonly stream: 'stdout' | 'stderr';
  private readonly line = new GrowingBytes();
  private lines: ContainerLogLine[] = [];
  private stamp = '';
  private inStamp = false;
  /** A line was begun, though it may be empty yet. */
  private begun = false;
  private at: number | null = null;

  constructor(stream: 'stdout' | 'stderr') {
    this.stream = stream;
  }

  /** An entry begins. */
  entry(): void {
    this.stamp = '';
    this.inStamp = true;
  }

  /** The next bytes of the entry. */
  push(bytes: Uint8Array): void {
    let at = 0;
    while (this.inStamp && at < bytes.length) {
      const byte = bytes[at] ?? 0;
      at += 1;
      if (byte === SPACE || this.stamp.length >= STAMP_MAX) this.endStamp();
      else this.stamp += String.fromCharCode(byte);
    }
    while (at < bytes.length) {
      const found = bytes.indexOf(LF, at);
      const end = found < 0 ? bytes.length : found;
      this.append(bytes.subarray(at, end));
      if (found >= 0) this.finish();
      at = end + 1;
    }
  }

  /** Output of a terminal: no frames, and a time at the beginning of every line. */
  pushPlain(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      if (!this.begun && !this.inStamp) this.entry();
      const found = bytes.indexOf(LF, at);
      const end = found < 0 ? bytes.length : found + 1;
      this.push(bytes.subarray(at, end));
      at = end;
    }
  }

  /** The whole lines since the last time. */
  take(): ContainerLogLine[] {
    const taken = this.lines;
    this.lines = [];
    return taken;
  }

  /** The log is over: also a line without an end is one. */
  rest(): ContainerLogLine[] {
    if (this.begun) this.finish();
    return this.take();
  }

  private endStamp(): void {
    this.inStamp = false;
    if (this.begun) return;
    this.begun = true;
    const ms = Date.parse(this.stamp);
    this.at = Number.isNaN(ms) ? null : ms;
  }

  private append(piece: Uint8Array): void {
    this.begun = true;
    for (let from = 0; from < piece.length; ) {
      if (this.line.length === LINE_MAX) this.emit();
      const taken = Math.min(piece.length - from, LINE_MAX - this.line.length);
      this.line.append(piece.subarray(from, from + taken));
      from += taken;
    }
  }

  private finish(): void {
    if (this.begun) this.emit();
    this.begun = false;
    this.at = null;
  }

  private emit(): void {
    let line = this.line.take();
    if (line[line.length - 1] === CR) line = line.subarray(0, -1);
    this.lines.push({ stream: this.stream, at: this.at, line });
  }
}
