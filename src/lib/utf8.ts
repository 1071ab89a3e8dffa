/** Reading UTF-8 out of bytes that somebody else wrote. */

/**
 * The length (2 to 4) of the well-formed sequence that starts at `pos`, or 0 where the bytes are not well-formed: overlong forms,
 * surrogates and code points above U+10FFFF are refused (Unicode 15, table 3-7). Only for lead bytes of 0x80 and above.
 */
export function utf8SequenceLength(bytes: Uint8Array, pos: number): 0 | 2 | 3 | 4 {
  const lead = bytes[pos] as number;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (pos + length > bytes.length) return 0;
  const second = bytes[pos + 1] as number;
  const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) return 0;
  for (let i = pos + 2; i < pos + length; i += 1) if (((bytes[i] as number) & 0xc0) !== 0x80) return 0;
  return length;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

/** Up to this many bytes of ASCII are read faster one by one than by a decoder: ids, names, versions. */
const SHORT = 24;

/** The text of `bytes[start, end)`; bytes that are not UTF-8 become U+FFFD. */
export function decodeUtf8(bytes: Uint8Array, start = 0, end = bytes.length): string {
  if (end - start > SHORT) return decoder.decode(bytes.subarray(start, end));
  let text = '';
  for (let pos = start; pos < end; pos += 1) {
    const byte = bytes[pos] as number;
    if (byte >= 0x80) return decoder.decode(bytes.subarray(start, end));
    text += String.fromCharCode(byte);
  }
  return text;
}

export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}
