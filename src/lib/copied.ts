/** The same bytes in memory of their own: a view would keep the whole chunk alive that it was cut from (also `Buffer.slice` makes a view). */
export function copied(bytes: Uint8Array, start = 0, end: number = bytes.length): Uint8Array {
  return new Uint8Array(bytes.subarray(start, end));
}
