/** Writing an event stream (text/event-stream). Everything here ends with the empty line, so that pieces can be sent one after another. */

import { encodeUtf8 } from '../lib/utf8.ts';

export interface OutgoingEvent {
  readonly id?: string | undefined;
  /** The type, `message` or `endpoint`; absent means `message`. */
  readonly event?: string | undefined;
  /** May be empty. CR, LF and CRLF in it begin a new data line, and come back as LF. */
  readonly data: Uint8Array;
  /** In milliseconds. */
  readonly retry?: number | undefined;
}

const LF = 0x0a;
const CR = 0x0d;
const END = Uint8Array.of(LF, LF);

export function encodeEvent({ id, event, data, retry }: OutgoingEvent): Uint8Array {
  let head = '';
  if (id !== undefined) head += `id: ${oneLine(id)}\n`;
  if (event !== undefined) head += `event: ${oneLine(event)}\n`;
  if (retry !== undefined) head += `retry: ${retry}\n`;
  head += 'data: ';
  const lines = hasLineBreak(data) ? splitData(data) : data;
  const headLength = Buffer.byteLength(head);
  const encoded = Buffer.allocUnsafe(headLength + lines.length + END.length);
  encoded.write(head);
  encoded.set(lines, headLength);
  encoded.set(END, headLength + lines.length);
  return encoded;
}

/** A comment, which clients ignore: it keeps connections open. Only between events. */
export function encodeComment(text: string): Uint8Array {
  return encodeUtf8(`: ${oneLine(text)}\n\n`);
}

/** Tells the client how long to wait before it connects again, in milliseconds. */
export function encodeRetry(milliseconds: number): Uint8Array {
  return encodeUtf8(`retry: ${milliseconds}\n\n`);
}

/** An id with empty data: from here on the client can resume the stream (2025-11-25, SEP-1699). */
export function primingEvent(id: string, retry?: number): Uint8Array {
  return encodeEvent({ id, retry, data: new Uint8Array(0) });
}

/** Field values cannot hold line ends, nor ids a NUL: such a character would start a field that nobody meant. */
function oneLine(text: string): string {
  return /[\r\n\0]/.test(text) ? text.replaceAll(/[\r\n\0]/g, '') : text;
}

function hasLineBreak(data: Uint8Array): boolean {
  for (let pos = 0; pos < data.length; pos += 1) {
    const byte = data[pos] as number;
    if (byte < 0x20 && (byte === LF || byte === CR)) return true;
  }
  return false;
}

/** Puts `data: ` behind each line end. */
function splitData(data: Uint8Array): Uint8Array {
  const text = Buffer.from(data.buffer, data.byteOffset, data.length).toString('latin1');
  return Buffer.from(text.replaceAll(/\r\n|\r|\n/g, '\ndata: '), 'latin1');
}
