/** One JSON-RPC message as the peek found it: its bytes stay as they are, its parts are byte ranges, values are decoded when asked for. */

import { type ByteRange, type Identifier, readIdentifier } from './identifier.ts';
import { jsonValue, numberValue, stringValue } from './json-text.ts';
import type { Field } from './message-fields.ts';

export type MessageKind = 'request' | 'notification' | 'response' | 'error-response';

/** A part that was found, and where its value lies. */
export interface FoundField extends ByteRange {
  readonly field: Field;
}

export class Message implements ByteRange {
  readonly ok = true;
  /** The whole body that was peeked; in a batch all messages share it. */
  readonly bytes: Uint8Array;
  /** The range of this message in `bytes`: the opening and behind the closing brace. */
  readonly start: number;
  readonly end: number;
  readonly kind: MessageKind;
  /** The method of a request or notification, '' for answers. */
  readonly method: string;
  /** Whether raw CR or LF stand between tokens of the message: it has to be flattened before it can be a line. */
  readonly hasLineBreak: boolean;
  private readonly found: readonly FoundField[];

  constructor(
    bytes: Uint8Array,
    start: number,
    end: number,
    kind: MessageKind,
    method: string,
    found: readonly FoundField[],
    hasLineBreak: boolean,
  ) {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.kind = kind;
    this.method = method;
    this.found = found;
    this.hasLineBreak = hasLineBreak;
  }

  /** Where the value of a part lies in `bytes`; undefined where the message has no such part. */
  range(field: Field): ByteRange | undefined {
    for (const part of this.found) if (part.field === field) return part;
    return undefined;
  }

  has(field: Field): boolean {
    return this.range(field) !== undefined;
  }

  /** The id of a request or an answer. Requests and responses have a number or a string; an error-response may have null or none. */
  get id(): Identifier | undefined {
    return this.identifier('id');
  }

  /** A part as an id or token; undefined where it is absent or of another type. */
  identifier(field: Field): Identifier | undefined {
    const range = this.range(field);
    return range && readIdentifier(this.bytes, range.start, range.end);
  }

  /** A part as text; undefined where it is absent or not a string. */
  text(field: Field): string | undefined {
    const range = this.range(field);
    return range && this.bytes[range.start] === 0x22 ? stringValue(this.bytes, range.start, range.end) : undefined;
  }

  /** A part as a number; undefined where it is absent or not a number. */
  number(field: Field): number | undefined {
    const range = this.range(field);
    if (range === undefined) return undefined;
    const first = this.bytes[range.start] as number;
    const isNumber = first === 0x2d || (first >= 0x30 && first <= 0x39);
    return isNumber ? numberValue(this.bytes, range.start, range.end) : undefined;
  }

  /** A part as JSON.parse reads it; undefined where it is absent. Costly for large parts. */
  json(field: Field): unknown {
    const range = this.range(field);
    return range && jsonValue(this.bytes, range.start, range.end);
  }

  /** The bytes of this message alone, as a view; `bytes` itself where nothing stands around it. */
  get ownBytes(): Uint8Array {
    return this.start === 0 && this.end === this.bytes.length ? this.bytes : this.bytes.subarray(this.start, this.end);
  }
}
