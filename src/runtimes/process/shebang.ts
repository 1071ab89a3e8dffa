import { basename } from 'node:path';

export interface Shebang {
  /** The interpreter as written: usually an absolute path. */
  readonly interpreter: string;
  /** Where the interpreter is `env`: the program that it looks for in PATH, else null. */
  readonly lookedUp: string | null;
  /** Words between that program and the script, e.g. `--experimental-vm-modules`. */
  readonly options: readonly string[];
}

/**
 * The first line of a script, as the kernel reads it: the interpreter and at most one argument, which `env -S` splits again.
 * A carriage return is part of a word, because the kernel takes it for one (a script with Windows line endings cannot be run).
 * @param head the first bytes of the file
 * @returns null when it is no script with an interpreter line
 */
export function parseShebang(head: string): Shebang | null {
  if (!head.startsWith('#!')) return null;
  const [line = ''] = head.slice(2).split('\n', 1);
  const words = line.split(/[ \t]+/).filter((word) => word !== '');
  const [interpreter, ...rest] = words;
  if (interpreter === undefined) return null;
  if (basename(interpreter) !== 'env') return { interpreter, lookedUp: null, options: rest };
  const program = rest.findIndex((word) => !word.startsWith('-') && !/^[A-Za-z_]\w*=/.test(word));
  if (program < 0) return { interpreter, lookedUp: null, options: [] };
  return { interpreter, lookedUp: rest[program] ?? null, options: rest.slice(program + 1) };
}
