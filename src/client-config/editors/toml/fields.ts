import type { AST } from 'toml-eslint-parser';
import { appendItem, removeItem } from '../comma-list.ts';
import { type Put, type Splice, spliced, type Target } from '../editor.ts';
import { indentation, layoutOf, lineEnd } from '../layout.ts';
import { sameValue, type Value } from '../value.ts';
import { blockSplices, lineSplice } from './block.ts';
import { beginsWith, type Pair, parseToml, type Step, type TomlDocument, valueAt } from './document.ts';
import { listOf } from './inline.ts';
import { pair, tomlValue } from './render.ts';

/** Sets, adds and drops fields of an entry, one after another; each edit is parsed again, since it moves the rest. */
export function setFields(text: string, target: Target, path: readonly Step[], put: Put): string {
  let result = text;
  for (const [field, value] of Object.entries(put.owned)) {
    result = spliced(result, setField(parseToml(result, target), path, field, value));
  }
  for (const field of put.drop) result = spliced(result, dropField(parseToml(result, target), path, field));
  return result;
}

function setField(document: TomlDocument, entry: readonly Step[], field: string, value: Value): Splice[] {
  const { text, pairs, tables, elements, meaning } = document;
  const path = [...entry, field];
  if (sameValue(valueAt(meaning, path), value)) return [];
  const current = pairs.find((found) => found.path.length === path.length && beginsWith(found.path, path));
  if (current !== undefined) {
    const [start, end] = current.node.value.range;
    return [{ start, end, text: tomlValue(value) }];
  }
  const inline = inlineEntry(document, entry);
  if (inline !== undefined) return appendItem(listOf(text, inline), layoutOf(text), () => pair(field, value));
  const { eol } = layoutOf(text);
  const table = tables.find((found) => found.path.length === entry.length && beginsWith(found.path, entry))?.node;
  if (table !== undefined) {
    const last = table.body.at(-1);
    const anchor = lineEnd(text, last?.range[1] ?? table.key.range[1]);
    return [{ start: anchor, end: anchor, text: eol + indentation(text, (last ?? table).range[0]) + pair(field, value) }];
  }
  const dotted = pairs.findLast((found) => beginsWith(found.path, entry));
  if (dotted === undefined || elements.some((element) => beginsWith(element.path, entry))) return [];
  const anchor = lineEnd(text, dotted.node.range[1]);
  return [
    { start: anchor, end: anchor, text: eol + indentation(text, dotted.node.range[0]) + prefix(text, dotted, entry) + pair(field, value) },
  ];
}

/** What stands before the field's own name in a dotted key, e.g. `files.` or `mcp_servers.files.`. */
function prefix(text: string, { path, node }: Pair, entry: readonly Step[]): string {
  const keys = node.key.keys;
  const own = entry.length - (path.length - keys.length);
  const [first, last] = [keys[0], keys[own - 1]];
  return first === undefined || last === undefined ? '' : `${text.slice(first.range[0], last.range[1])}.`;
}

function dropField(document: TomlDocument, entry: readonly Step[], field: string): Splice[] {
  const { text, pairs } = document;
  const path = [...entry, field];
  const found = pairs.find((candidate) => candidate.path.length === path.length && beginsWith(candidate.path, path))?.node;
  if (found === undefined) return blockSplices(document, path);
  if (found.parent.type !== 'TOMLInlineTable') return [lineSplice(text, found.range[0], found.range[1])];
  return removeItem(listOf(text, found.parent), found.parent.body.indexOf(found));
}

/** The inline table that is the entry; undefined where the entry is a table of its own. */
function inlineEntry({ pairs, elements }: TomlDocument, entry: readonly Step[]): AST.TOMLInlineTable | undefined {
  const same = ({ path }: { readonly path: readonly Step[] }): boolean => path.length === entry.length && beginsWith(path, entry);
  const value = pairs.find(same)?.node.value ?? elements.find(same)?.node;
  return value?.type === 'TOMLInlineTable' ? value : undefined;
}
