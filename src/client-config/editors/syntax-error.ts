import { HoldfastError } from '../../core/errors/holdfast-error.ts';
import type { Target } from './editor.ts';

/** Levels of nesting that no configuration has; beyond it parsers run out of stack. */
export const DEEPEST = 200;

/** A place in a text as editors show it, both from 1; the column counts UTF-16 units. */
export function position(text: string, offset: number): { readonly line: number; readonly column: number } {
  let line = 1;
  let start = 0;
  for (let end = text.indexOf('\n'); end >= 0 && end < offset; end = text.indexOf('\n', start)) {
    line += 1;
    start = end + 1;
  }
  return { line, column: Math.max(0, offset - start) + 1 };
}

/** HF_CLIENT_FILE_SYNTAX. `why` must quote nothing of the file, which may hold secrets. */
export function syntaxError(text: string, offset: number, target: Target, why: string): HoldfastError {
  return failure('HF_CLIENT_FILE_SYNTAX', text, offset, target, why);
}

/** HF_CLIENT_FILE_SHAPE. */
export function shapeError(text: string, offset: number, target: Target, why: string): HoldfastError {
  return failure('HF_CLIENT_FILE_SHAPE', text, offset, target, why);
}

function failure(
  code: 'HF_CLIENT_FILE_SYNTAX' | 'HF_CLIENT_FILE_SHAPE',
  text: string,
  offset: number,
  target: Target,
  why: string,
): HoldfastError {
  const { line, column } = position(text, offset);
  return new HoldfastError(code, {
    what: `${target.file}, line ${line}, column ${column}`,
    why,
    data: { client: target.client, file: target.file, line, column },
  });
}
