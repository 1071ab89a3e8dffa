/**
 * The peek: one pass over a body that validates all of it (RFC 8259, UTF-8, JSON-RPC 2.0) and notes where the parts lie that a gateway
 * has to know. Nothing is parsed into objects and nothing is changed.
 */

import { JsonScanner } from '../lib/json-scanner.ts';
import type { FoundField, Message } from './message.ts';
import { MESSAGE_KEYS } from './message-fields.ts';
import { type PeekFailure, peekFailure } from './peek-failure.ts';
import { recogniseMessage } from './recognise.ts';
import { scanMembers } from './scan-members.ts';

export interface Batch {
  readonly ok: true;
  readonly kind: 'batch';
  readonly bytes: Uint8Array;
  /** At least one. Their ranges refer to the whole body. */
  readonly messages: readonly Message[];
}

const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;

/** Peeks a body that has to be exactly one message. An array is refused as `batch` at once, without a look at what is in it. */
export function peekMessage(bytes: Uint8Array): Message | PeekFailure {
  const scanner = new JsonScanner(bytes);
  const start = scanner.skipWhitespace(0);
  if (scanner.at(start) === OPEN_BRACKET) return peekFailure('batch', start);
  const message = scanMessage(scanner, start, 0);
  return message.ok ? (tailFailure(scanner, message.end) ?? message) : message;
}

/** Peeks a body that has to be a batch, a JSON array of messages (2025-03-26). All of them are right, or the whole is refused. */
export function peekBatch(bytes: Uint8Array): Batch | PeekFailure {
  const scanner = new JsonScanner(bytes);
  let pos = scanner.skipWhitespace(0);
  if (scanner.at(pos) !== OPEN_BRACKET) return notAnObject(scanner, pos, 0);
  pos = scanner.skipWhitespace(pos + 1);
  if (scanner.at(pos) === CLOSE_BRACKET) return tailFailure(scanner, pos + 1) ?? peekFailure('empty-batch', pos);
  const messages: Message[] = [];
  for (;;) {
    const message = scanMessage(scanner, pos, 1);
    if (!message.ok) return message;
    messages.push(message);
    pos = scanner.skipWhitespace(message.end);
    const next = scanner.at(pos);
    if (next === CLOSE_BRACKET) return tailFailure(scanner, pos + 1) ?? { ok: true, kind: 'batch', bytes, messages };
    if (next !== COMMA) return peekFailure('not-json', pos);
    pos = scanner.skipWhitespace(pos + 1);
  }
}

/** Peeks a body that may be either. */
export function peekBody(bytes: Uint8Array): Message | Batch | PeekFailure {
  const peeked = peekMessage(bytes);
  return !peeked.ok && peeked.reason === 'batch' ? peekBatch(bytes) : peeked;
}

/** Scans the object at `start`, which lies in `depth` arrays. */
function scanMessage(scanner: JsonScanner, start: number, depth: number): Message | PeekFailure {
  if (scanner.at(start) !== OPEN_BRACE) return notAnObject(scanner, start, depth);
  const found: FoundField[] = [];
  scanner.sawLineBreak = false;
  const end = scanMembers(scanner, start, depth, MESSAGE_KEYS, found);
  return typeof end === 'number' ? recogniseMessage(scanner.bytes, start, end, found, scanner.sawLineBreak) : end;
}

/** Says what is wrong where a message should start and does not. */
function notAnObject(scanner: JsonScanner, start: number, depth: number): PeekFailure {
  const { bytes } = scanner;
  if (start === bytes.length && depth === 0) return peekFailure('empty', start);
  if (start === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return peekFailure('byte-order-mark', 0);
  const end = scanner.skipValue(start, depth);
  if (end < 0) return peekFailure(scanner.fault, scanner.faultAt);
  const tail = depth === 0 ? tailFailure(scanner, end) : undefined;
  return tail ?? peekFailure('not-jsonrpc', start);
}

/** The failure for anything but white space from `start` on. */
function tailFailure(scanner: JsonScanner, start: number): PeekFailure | undefined {
  const pos = scanner.skipWhitespace(start);
  return pos === scanner.end ? undefined : peekFailure('not-json', pos);
}
