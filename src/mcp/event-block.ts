/** The lines of an event stream that make one event (WHATWG HTML 9.2.6, interpreting an event stream). */

import { GrowingBytes } from '../lib/growing-bytes.ts';
import { decodeUtf8, encodeUtf8 } from '../lib/utf8.ts';

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

/** The names of the fields that mean something. */
const DATA = encodeUtf8('data');
const ID = encodeUtf8('id');
const EVENT = encodeUtf8('event');
const RETRY = encodeUtf8('retry');

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

  /** Takes the line `bytes[start, end)`, which is not empty and has no line end. */
  addLine(bytes: Uint8Array, start: number, end: number): void {
    this.isEmpty = false;
    if (bytes[start] === COLON) return;
    this.bytes += end - start + 1;
    if (isField(DATA, bytes, start, end)) this.addData(bytes.subarray(valueStart(DATA, bytes, start, end), end));
    else if (isField(ID, bytes, start, end)) this.setId(decodeUtf8(bytes, valueStart(ID, bytes, start, end), end));
    else if (isField(EVENT, bytes, start, end)) this.event = decodeUtf8(bytes, valueStart(EVENT, bytes, start, end), end);
    else if (isField(RETRY, bytes, start, end)) this.setRetry(decodeUtf8(bytes, valueStart(RETRY, bytes, start, end), end));
  }

  /** Ends the event at an empty line. Returns undefined where no line came before it. */
  finish(): StreamEvent | undefined {
    if (this.isEmpty) return undefined;
    const data = this.joined.length > 0 ? this.joined.take() : this.data;
    // An empty type stands for `message` (9.2.6, dispatching the event).
    const event = { id: this.id, event: this.event === '' ? undefined : this.event, data, retry: this.retry };
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

  private setId(id: string): void {
    if (!id.includes('\0')) this.id = id;
  }

  private setRetry(digits: string): void {
    if (/^[0-9]{1,15}$/.test(digits)) this.retry = Number(digits);
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

/** Whether the line has that name: all of it, or what stands before a colon. */
function isField(name: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  const nameEnd = start + name.length;
  if (nameEnd > end || (nameEnd < end && bytes[nameEnd] !== COLON)) return false;
  for (let i = 0; i < name.length; i += 1) if (bytes[start + i] !== name[i]) return false;
  return true;
}

/** Where the value begins: behind the colon and one space, if they are there. */
function valueStart(name: Uint8Array, bytes: Uint8Array, start: number, end: number): number {
  const behindColon = Math.min(start + name.length + 1, end);
  return behindColon < end && bytes[behindColon] === SPACE ? behindColon + 1 : behindColon;
}
