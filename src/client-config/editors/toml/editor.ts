import type { AST } from 'toml-eslint-parser';
import { appendItem, collapse, removeItem } from '../comma-list.ts';
import { type Editor, nameOf, type Splice, spliced, type Target } from '../editor.ts';
import { layoutOf } from '../layout.ts';
import { isFields, type Value } from '../value.ts';
import { blockOf, blockSplices } from './block.ts';
import { parseToml, type Step, type TomlDocument, valueAt } from './document.ts';
import { setFields } from './fields.ts';
import { listOf } from './inline.ts';
import { inlineTable, pair, tomlKey } from './render.ts';

/**
 * Edits TOML: servers are tables below the key (`[mcp_servers.files]`), or tables of a list (`[[mcp_servers]]`). Where the servers are
 * written inline, so is the entry, since a table must not be added to an inline one.
 */
export const tomlEditor: Editor = {
  read(text, target) {
    const document = parseToml(text, target);
    const offsetOf = (name?: string): number => {
      const path = name === undefined ? [target.key] : (entryPath(document, target, name) ?? [target.key]);
      const node = [...document.tables, ...document.pairs].find((found) => path.every((step, index) => found.path[index] === step))?.node;
      return node?.range[0] ?? 0;
    };
    return { meaning: document.meaning, offsetOf };
  },

  put(text, target, name, put) {
    const document = parseToml(text, target);
    const path = entryPath(document, target, name);
    if (path !== undefined) return [setFields(text, target, path, put)];
    const fields = Object.entries({ ...put.initial, ...put.owned });
    const layout = layoutOf(text);
    const inline = inlineServers(document, target);
    if (inline !== undefined) {
      const item = target.container === 'map' ? `${tomlKey(name)} = ${inlineTable(fields)}` : inlineTable(fields);
      return [
        spliced(
          text,
          appendItem(listOf(text, inline), layout, () => item),
        ),
      ];
    }
    const header = target.container === 'map' ? `[${tomlKey(target.key)}.${tomlKey(name)}]` : `[[${tomlKey(target.key)}]]`;
    return [text + blockOf(text, [header, ...fields.map(([key, value]) => pair(key, value))], layout.eol)];
  },

  take(text, target, name) {
    const document = parseToml(text, target);
    const path = entryPath(document, target, name);
    if (path === undefined) return [text];
    return [spliced(text, inlineRemoval(document, path) ?? blockSplices(document, path))];
  },

  takeKey(text, target) {
    const document = parseToml(text, target);
    return [spliced(text, blockSplices(document, [target.key]))];
  },

  tighten(text, target) {
    const inline = inlineServers(parseToml(text, target), target);
    return [inline === undefined ? text : spliced(text, collapse(listOf(text, inline)))];
  },
};

/** The way to an entry, by its key or by the `name` in it; undefined where there is none. */
function entryPath({ meaning }: TomlDocument, { key, container }: Target, name: string): readonly Step[] | undefined {
  const servers = valueAt(meaning, [key]);
  if (container === 'map') return isFields(servers) && Object.hasOwn(servers, name) ? [key, name] : undefined;
  const index = Array.isArray(servers) ? (servers as readonly Value[]).findIndex((item) => nameOf(item) === name) : -1;
  return index < 0 ? undefined : [key, index];
}

/** The inline table or array that holds the servers; undefined where they are tables of their own. */
function inlineServers({ pairs }: TomlDocument, { key }: Target): AST.TOMLInlineTable | AST.TOMLArray | undefined {
  const value = pairs.find(({ path }) => path.length === 1 && path[0] === key)?.node.value;
  return value?.type === 'TOMLInlineTable' || value?.type === 'TOMLArray' ? value : undefined;
}

/** How to take out an entry that is an item of an inline table or array; undefined where it is not. */
function inlineRemoval({ text, pairs, elements }: TomlDocument, path: readonly Step[]): Splice[] | undefined {
  const same = (other: readonly Step[]): boolean => other.length === path.length && other.every((step, index) => step === path[index]);
  const element = elements.find((found) => same(found.path));
  if (element !== undefined) return removeItem(listOf(text, element.array), element.array.elements.indexOf(element.node));
  const found = pairs.find((candidate) => same(candidate.path))?.node;
  if (found?.parent.type !== 'TOMLInlineTable') return undefined;
  return removeItem(listOf(text, found.parent), found.parent.body.indexOf(found));
}
