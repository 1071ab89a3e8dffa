/**
 * A strict RFC 8259 scanner over UTF-8 bytes: it builds nothing, it only says where a value ends or what is wrong with it.
 *
 * Every `skip…` method takes the offset where it starts and returns the offset behind what it skipped, or -1; then `fault` and
 * `faultAt` say why and where. Nesting is followed with a stack of bits, not with calls, so that no input can overflow the stack.
 */

import { utf8SequenceLength } from './utf8.ts';

/** What can be wrong with bytes that should be JSON. `too-deep`: more than `MAX_DEPTH` objects and arrays inside one another. */
export type JsonFault = 'not-json' | 'not-utf8' | 'too-deep';

/** Objects and arrays that may lie inside one another. Parsers of other languages give up or overflow at about this depth. */
export const MAX_DEPTH = 512;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Containers whose kind fits in one small integer of the stack. */
const BITS = 31;

export class JsonScanner {
  readonly bytes: Uint8Array;
  readonly end: number;
  fault: JsonFault = 'not-json';
  faultAt = 0;
  /** Whether a raw CR or LF was skipped; between tokens it is white space, inside a string it is a fault. */
  sawLineBreak = false;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.end = bytes.length;
  }

  fail(fault: JsonFault, at: number): -1 {
    this.fault = fault;
    this.faultAt = at;
    return -1;
  }

  /** The byte at `pos`, or -1 behind the end. */
  at(pos: number): number {
    return pos < this.end ? (this.bytes[pos] as number) : -1;
  }

  skipWhitespace(start: number): number {
    let pos = start;
    for (;;) {
      const byte = this.at(pos);
      if (byte > 0x20) return pos;
      if (byte === 0x0a || byte === 0x0d) this.sawLineBreak = true;
      else if (byte !== 0x20 && byte !== 0x09) return pos;
      pos += 1;
    }
  }

  /** `start` is the opening quote. */
  skipString(start: number): number {
    const { bytes, end } = this;
    let pos = start + 1;
    while (pos < end) {
      const byte = bytes[pos] as number;
      if (byte === QUOTE) return pos + 1;
      if (byte >= 0x80) {
        const length = utf8SequenceLength(bytes, pos);
        if (length === 0) return this.fail('not-utf8', pos);
        pos += length;
      } else if (byte === BACKSLASH) {
        const length = this.escapeLength(pos);
        if (length === 0) return this.fail('not-json', pos);
        pos += length;
      } else if (byte < 0x20) {
        return this.fail('not-json', pos);
      } else {
        pos += 1;
      }
    }
    return this.fail('not-json', end);
  }

  skipNumber(start: number): number {
    let pos = this.at(start) === 0x2d ? start + 1 : start;
    if (this.at(pos) === 0x30) {
      pos += 1;
    } else {
      pos = this.skipDigits(pos);
      if (pos < 0) return -1;
    }
    if (this.at(pos) === 0x2e) {
      pos = this.skipDigits(pos + 1);
      if (pos < 0) return -1;
    }
    if ((this.at(pos) | 0x20) === 0x65) {
      const sign = this.at(pos + 1);
      pos = this.skipDigits(sign === 0x2b || sign === 0x2d ? pos + 2 : pos + 1);
    }
    return pos;
  }

  /** Skips one value with all that is in it. `start` is its first byte, `depth` the number of containers that it lies in. */
  skipValue(start: number, depth: number): number {
    let pos = start;
    // One bit for each open container, 1 for an object; full words wait in `spilled`.
    let kinds = 0;
    let open = 0;
    let spilled: number[] | undefined;
    for (;;) {
      const byte = this.at(pos);
      if (byte === QUOTE) pos = this.skipString(pos);
      else if (byte === 0x7b || byte === 0x5b) {
        if (depth + open >= MAX_DEPTH) return this.fail('too-deep', pos);
        if (open % BITS === 0 && open > 0) {
          spilled ??= [];
          spilled.push(kinds);
          kinds = 0;
        }
        kinds = (kinds << 1) | (byte === 0x7b ? 1 : 0);
        open += 1;
        pos = this.skipWhitespace(pos + 1);
        // Closing is `{` + 2 and `[` + 2; an empty container falls through to the closing loop below.
        if (this.at(pos) !== byte + 2) {
          if (byte === 0x7b) pos = this.skipKey(pos);
          if (pos < 0) return -1;
          continue;
        }
      } else pos = this.skipScalar(pos, byte);
      if (pos < 0) return -1;
      // A value has ended: close what ends with it, until a comma says that another value follows.
      for (;;) {
        if (open === 0) return pos;
        pos = this.skipWhitespace(pos);
        const next = this.at(pos);
        const inObject = (kinds & 1) === 1;
        if (next === 0x2c) {
          pos = this.skipWhitespace(pos + 1);
          if (inObject) pos = this.skipKey(pos);
          if (pos < 0) return -1;
          break;
        }
        if (next !== (inObject ? 0x7d : 0x5d)) return this.fail('not-json', pos);
        pos += 1;
        open -= 1;
        kinds = open % BITS === 0 && open > 0 ? (spilled?.pop() ?? 0) : kinds >>> 1;
      }
    }
  }

  /** Skips a key, its colon and the white space around them; `start` should be the key's opening quote. */
  private skipKey(start: number): number {
    if (this.at(start) !== QUOTE) return this.fail('not-json', start);
    const keyEnd = this.skipString(start);
    return keyEnd < 0 ? -1 : this.skipColon(keyEnd);
  }

  /** Skips a colon with the white space on both sides. */
  skipColon(start: number): number {
    const pos = this.skipWhitespace(start);
    return this.at(pos) === 0x3a ? this.skipWhitespace(pos + 1) : this.fail('not-json', pos);
  }

  private skipScalar(pos: number, byte: number): number {
    if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39)) return this.skipNumber(pos);
    if (byte === 0x74) return this.skipWord(pos, 'true');
    if (byte === 0x66) return this.skipWord(pos, 'false');
    if (byte === 0x6e) return this.skipWord(pos, 'null');
    return this.fail('not-json', pos);
  }

  private skipWord(start: number, word: string): number {
    for (let i = 0; i < word.length; i += 1) {
      if (this.at(start + i) !== word.charCodeAt(i)) return this.fail('not-json', start + i);
    }
    return start + word.length;
  }

  private skipDigits(start: number): number {
    let pos = start;
    for (;;) {
      const byte = this.at(pos);
      if (byte < 0x30 || byte > 0x39) break;
      pos += 1;
    }
    return pos === start ? this.fail('not-json', pos) : pos;
  }

  /** The length of the escape at `start`, or 0 where it is none. */
  private escapeLength(start: number): number {
    switch (this.at(start + 1)) {
      case 0x22: // "
      case 0x5c: // \
      case 0x2f: // /
      case 0x62: // b
      case 0x66: // f
      case 0x6e: // n
      case 0x72: // r
      case 0x74: // t
        return 2;
      case 0x75: // u
        for (let i = start + 2; i < start + 6; i += 1) if (!isHexDigit(this.at(i))) return 0;
        return 6;
      default:
        return 0;
    }
  }
}

function isHexDigit(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
}
