const WORDS: ReadonlySet<string> = new Set(
  'true false yes no on off none null auto default debug info warn warning error trace verbose silent production development staging test local localhost stdio http https json text utf8 utf-8 node python'.split(
    ' ',
  ),
);

/** True for a value that says nothing about whom it belongs to: masking it would take half of every log away and hide nothing. */
export function isOrdinary(value: string): boolean {
  return value.length < 4 || WORDS.has(value.toLowerCase()) || /^\d{1,5}$/.test(value);
}
