import { parse } from 'smol-toml';
import { type AST, ParseError, parseTOML } from 'toml-eslint-parser';
import type { Target } from '../editor.ts';
import { DEEPEST, syntaxError } from '../syntax-error.ts';
import type { Fields, Value } from '../value.ts';

/** A step into a document: the key of a table, or the index in a list. */
export type Step = string | number;

/** A `key = value` with the whole way to it, tables included. */
export interface Pair {
  readonly path: readonly Step[];
  readonly node: AST.TOMLKeyValue;
}

/** A TOML document: where everything stands, and what it means. */
export interface TomlDocument {
  readonly text: string;
  /** Headers `[a.b]` and `[[a]]` in their order. */
  readonly tables: readonly { readonly path: readonly Step[]; readonly node: AST.TOMLTable }[];
  /** Pairs of all tables, those within inline tables and arrays too. */
  readonly pairs: readonly Pair[];
  /** Inline tables in arrays, by their path. */
  readonly elements: readonly { readonly path: readonly Step[]; readonly node: AST.TOMLContentNode; readonly array: AST.TOMLArray }[];
  readonly meaning: Fields;
}

/**
 * Parses with two parsers that must agree: one knows the ranges, the other what the document means.
 * @throws HF_CLIENT_FILE_SYNTAX with line and column
 */
export function parseToml(text: string, target: Target): TomlDocument {
  const program = parsed(text, target);
  const pairs: Pair[] = [];
  const tables: { path: readonly Step[]; node: AST.TOMLTable }[] = [];
  const elements: { path: readonly Step[]; node: AST.TOMLContentNode; array: AST.TOMLArray }[] = [];
  const enter = (path: readonly Step[], value: AST.TOMLContentNode): void => {
    if (path.length > DEEPEST) throw syntaxError(text, value.range[0], target, `it is nested deeper than ${DEEPEST} levels`);
    if (value.type === 'TOMLInlineTable') for (const inner of value.body) add(path, inner);
    if (value.type !== 'TOMLArray') return;
    for (const [index, element] of value.elements.entries()) {
      elements.push({ path: [...path, index], node: element, array: value });
      enter([...path, index], element);
    }
  };
  const add = (table: readonly Step[], node: AST.TOMLKeyValue): void => {
    const path = [...table, ...keysOf(node.key)];
    pairs.push({ path, node });
    enter(path, node.value);
  };
  for (const node of program.body[0].body) {
    if (node.type === 'TOMLKeyValue') {
      add([], node);
      continue;
    }
    tables.push({ path: node.resolvedKey, node });
    for (const pair of node.body) add(node.resolvedKey, pair);
  }
  return { text, tables, pairs, elements, meaning: meaningOf(text, target) };
}

/** The parts of a key, unquoted. */
export function keysOf(key: AST.TOMLKey): string[] {
  return key.keys.map((part) => (part.type === 'TOMLBare' ? part.name : part.value));
}

/** Whether a path begins with another one. */
export function beginsWith(path: readonly Step[], start: readonly Step[]): boolean {
  return start.every((step, index) => path[index] === step);
}

/** What an inline value of a document means. */
export function valueAt(meaning: Fields, path: readonly Step[]): Value | undefined {
  let value: Value | undefined = meaning;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as unknown as Readonly<Record<Step, Value>>)[step];
  }
  return value;
}

function parsed(text: string, target: Target): AST.TOMLProgram {
  try {
    return parseTOML(text, { tomlVersion: '1.0' });
  } catch (thrown) {
    if (thrown instanceof ParseError) throw syntaxError(text, thrown.index, target, `it is not valid TOML (${thrown.message})`);
    if (thrown instanceof RangeError) throw syntaxError(text, deepest(text), target, `it is nested deeper than ${DEEPEST} levels`);
    throw thrown;
  }
}

function meaningOf(text: string, target: Target): Fields {
  try {
    return parse(text, { integersAsBigInt: true, maxDepth: DEEPEST * 2 });
  } catch (thrown) {
    const place = thrown as { readonly line?: unknown; readonly column?: unknown };
    const line = typeof place.line === 'number' ? place.line : 1;
    const column = typeof place.column === 'number' ? place.column : 1;
    throw syntaxError(text, offsetOf(text, line, column), target, 'it is not valid TOML');
  }
}

function offsetOf(text: string, line: number, column: number): number {
  let start = 0;
  for (let at = 1; at < line; at += 1) start = text.indexOf('\n', start) + 1;
  return start + column - 1;
}

/** Roughly where the nesting passes its bound, once a parser ran out of stack. */
function deepest(text: string): number {
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === '[' || text[index] === '{') depth += 1;
    if (text[index] === ']' || text[index] === '}') depth -= 1;
    if (depth > DEEPEST) return index;
  }
  return 0;
}
