import { HoldfastError } from '../api/contract/errors.ts';

const KEY = /^[A-Za-z_][A-Za-z0-9_.-]*$/;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', $: '$' };

/**
 * Reads KEY=VALUE lines. Empty lines, lines that begin with `#`, and a leading `export ` are allowed; a value may stand in single quotes
 * (taken as it is) or double quotes (with \n, \r, \t, \", \\, \$).
 * @param file name for messages
 * @throws HF_ENV_FILE with file and line
 */
export function parseEnvFile(text: string, file: string): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const line = raw.trim().replace(/^export\s+/, '');
    if (line === '' || line.startsWith('#')) continue;
    const at = line.indexOf('=');
    const key = at < 0 ? '' : line.slice(0, at).trimEnd();
    // The line itself is not repeated: what is wrong with it may be a secret.
    if (at < 0) throw bad(file, index + 1, 'it has no =');
    if (!KEY.test(key)) throw bad(file, index + 1, 'what stands before = is not the name of a variable');
    const value = unquote(line.slice(at + 1).trim());
    if (value === null) throw bad(file, index + 1, 'its quotes are not closed');
    env[key] = value;
  }
  return env;
}

function unquote(text: string): string | null {
  const quote = text[0];
  if (quote !== '"' && quote !== "'") return text;
  if (text.length < 2 || !text.endsWith(quote)) return null;
  const inner = text.slice(1, -1);
  if (quote === "'") return inner;
  return inner.replace(/\\(.)/g, (whole, letter: string) => ESCAPES[letter] ?? whole);
}

function bad(file: string, line: number, why: string): HoldfastError {
  return new HoldfastError('HF_ENV_FILE', { what: `${file}:${line} is not KEY=VALUE`, why, data: { file, line } });
}
