import { plainText } from './terminal-text.ts';

/** `Name:    value` lines; empty values are left out, further lines of a value are indented. */
export function facts(pairs: readonly (readonly [string, string])[]): string {
  const shown = pairs.filter(([, value]) => value !== '');
  const width = Math.max(0, ...shown.map(([name]) => name.length)) + 3;
  return shown.map(([name, value]) => `${name}:`.padEnd(width) + plainText(value).replaceAll('\n', `\n${' '.repeat(width)}`)).join('\n');
}
