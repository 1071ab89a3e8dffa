/** The lines of an event stream that make one event (WHATWG HTML 9.2.6, interpreting an event stream). */

import { GrowingBytes } from '../lib/growing-bytes.ts';
import { decodeUtf8 } from '../lib/utf8.ts';

/**
 * One event: what stood between two empty lines. Unlike in a browser, an event without data is given too: its id may prime a resumable
 * stream (2025-11-25), and its `retry` may stand alone. A block of comments only has no field at all: a keep-alive.
 */
export interface StreamEvent {
  /** The last `id` of the block, maybe empty; undefined where it has none. An id with a NUL in it is ignored. */
  readonly id: string | undefined;
  /** The type; undefined stands for `message`. */
  readonly event: string | undefined;
  /** The data lines joined by LF; a view of the pushed chunk where that is possible. Undefined where there is no data line. */
  readonly data: Uint8Array | undefined;
  /** In milliseconds. */
  readonly retry: number | undefined;
}

const COLON = 0x3a;
const SPACE = 0x20;
const LINE_BREAK = Uint8Array.of(0x0a);
const MAX_FIELD_NAME = 'event'.length;

export class EventBlock {
  /** Bytes of the lines that are kept, with their line ends. */
  bytes = 0;
  private isEmpty = true;
  private id: string | undefined;
  private event: string | undefined;
  private data: Uint8Array | undefined;
  private retry: number | undefined;
  /** The data from its second line on, where it has more than one. */
  private readonly joined = new GrowingBytes();

  /** Takes a line that is not empty, without its end. */
  addLine(line: Uint8Array): void {
    this.isEmpty = false;
    if (line[0] === COLON) return;
    this.bytes += line.length + 1;
    const colon = line.subarray(0, MAX_FIELD_NAME + 1).indexOf(COLON);
    // A line without a colon is the name of a field with an empty value; a longer name is none that is known.
    const nameEnd = colon < 0 ? line.length : colon;
    if (nameEnd > MAX_FIELD_NAME) return;
    const valueStart = line[nameEnd + 1] === SPACE ? nameEnd + 2 : Math.min(nameEnd + 1, line.length);
    this.setField(decodeUtf8(line, 0, nameEnd), line.subarray(valueStart));
  }

  /** Ends the event at an empty line. Returns undefined where no line came before it. */
  finish(): StreamEvent | undefined {
    if (this.isEmpty) return undefined;
    const data = this.joined.length > 0 ? this.joined.take() : this.data;
    const event = { id: this.id, event: this.event, data, retry: this.retry };
    this.clear();
    return event;
  }

  clear(): void {
    this.bytes = 0;
    this.isEmpty = true;
    this.id = undefined;
    this.event = undefined;
    this.data = undefined;
    this.retry = undefined;
    this.joined.clear();
  }

  private setField(name: string, value: Uint8Array): void {
    switch (name) {
      case 'data':
        this.addData(value);
        return;
      case 'id':
        if (!value.includes(0)) this.id = decodeUtf8(value);
        return;
      case 'event':
        // An empty type stands for `message` (9.2.6, dispatching the event).
        this.event = value.length > 0 ? decodeUtf8(value) : undefined;
        return;
      case 'retry': {
        const digits = decodeUtf8(value);
        if (/^[0-9]{1,15}$/.test(digits)) this.retry = Number(digits);
        return;
      }
      default: // unknown fields are ignored
    }
  }

  private addData(value: Uint8Array): void {
    if (this.data === undefined) {
      this.data = value;
      return;
    }
    if (this.joined.length === 0) this.joined.append(this.data);
    this.joined.append(LINE_BREAK);
    this.joined.append(value);
  }
}
