import { type HoldfastError, whatOf } from '../../api/contract/errors.ts';
import type { Paint } from './colour.ts';
import { plainText, terminalLine } from './terminal-text.ts';

/** An error for people: what happened, why, the last output of the server if there is any, what to do, the code. */
export function errorText(error: HoldfastError, paint: Paint): string {
  // Some reasons quote the output already.
  const lines = lastLines(error.data).filter((line) => error.why?.includes(line) !== true);
  return [
    `${paint('red', 'error:')} ${indented(plainText(whatOf(error)))}`,
    ...(error.why ? [`  why: ${indented(plainText(error.why))}`] : []),
    ...(lines.length === 0 ? [] : ['  last output:', ...lines.map((line) => `    ${terminalLine(line)}`)]),
    `  fix: ${indented(plainText(error.fix))}`,
    paint('dim', `  code: ${error.code}`),
    ...(error.definition.kind === 'bug' && error.cause instanceof Error ? [paint('dim', plainText(error.cause.stack ?? ''))] : []),
  ].join('\n');
}

/** Further lines stand under the first one: each of its labels is as long as this. */
function indented(text: string): string {
  return text.replaceAll('\n', `\n${' '.repeat('error: '.length)}`);
}

function lastLines(data: Readonly<Record<string, unknown>>): string[] {
  const given = data['lastLines'] ?? data['last_lines'];
  return Array.isArray(given) ? given.filter((line): line is string => typeof line === 'string') : [];
}
