import type { Node } from 'jsonc-parser';
import { appendItem, type CommaList, collapse, removeItem } from '../comma-list.ts';
import { type Editor, type Put, type Splice, spliced, type Target } from '../editor.ts';
import { type Layout, layoutOf } from '../layout.ts';
import { sameValue, type Value } from '../value.ts';
import { meaningOf, parseJson, properties, property, refuseDoubles } from './document.ts';

/** Edits JSON, with or without comments. Servers are a map in every client that has such a file. */
export const jsonEditor: Editor = {
  read(text, target) {
    const root = parseJson(text, target);
    const servers = root?.type === 'object' ? property(text, root, target.key, target) : undefined;
    // Duplicates are looked for now, so that nothing is edited in a document where it is not clear what counts.
    if (servers?.value.type === 'object') refuseDoubles(text, servers.value, target);
    const offsetOf = (name?: string): number => {
      const entry = name === undefined || servers?.value.type !== 'object' ? undefined : property(text, servers.value, name, target);
      return (entry ?? servers)?.value.offset ?? root?.offset ?? 0;
    };
    return { meaning: meaningOf(root), offsetOf };
  },

  put(text, target, name, put) {
    const root = parseJson(text, target);
    const layout = layoutOf(text);
    const entry = { ...put.initial, ...put.owned };
    if (root === undefined) return [text + (/[^\s]$/.test(text) ? layout.eol : '') + document(layout, target, { [name]: entry })];
    const servers = property(text, root, target.key, target);
    if (servers === undefined) return [spliced(text, appendMember(text, layout, root, target.key, { [name]: entry }))];
    if (servers.value.type !== 'object') {
      const { offset, length } = servers.value;
      const member = `{}`;
      return jsonEditor.put(text.slice(0, offset) + member + text.slice(offset + length), target, name, put);
    }
    const current = property(text, servers.value, name, target);
    if (current === undefined) return [spliced(text, appendMember(text, layout, servers.value, name, entry))];
    return [updated(text, layout, target, current.value, put, name)];
  },

  take(text, target, name) {
    const servers = serversNode(text, target);
    if (servers === undefined) return [text];
    const index = properties(servers).findIndex(({ key }) => key === name);
    return [spliced(text, removeItem(listOf(text, servers), index))];
  },

  takeKey(text, target) {
    const root = parseJson(text, target);
    if (root === undefined) return [text];
    const index = properties(root).findIndex(({ key }) => key === target.key);
    const without = spliced(text, removeItem(listOf(text, root), index));
    const rest = parseJson(without, target);
    return [rest === undefined || properties(rest).length > 0 ? without : spliced(without, collapse(listOf(without, rest)))];
  },

  tighten(text, target) {
    const servers = serversNode(text, target);
    return [servers === undefined ? text : spliced(text, collapse(listOf(text, servers)))];
  },
};

function serversNode(text: string, target: Target): Node | undefined {
  const root = parseJson(text, target);
  return root === undefined ? undefined : property(text, root, target.key, target)?.value;
}

/** Sets, adds and drops fields one after another; each edit is parsed again, since it moves the rest. */
function updated(text: string, layout: Layout, target: Target, entry: Node, put: Put, name: string): string {
  const again = (changed: string): Node => {
    const servers = serversNode(changed, target);
    return (servers === undefined ? undefined : property(changed, servers, name, target)?.value) ?? entry;
  };
  let result = text;
  for (const [field, value] of Object.entries(put.owned)) {
    const node = again(result);
    result = spliced(result, setField(result, layout, node, target, field, value));
  }
  for (const field of put.drop) {
    const node = again(result);
    const index = properties(node).findIndex(({ key }) => key === field);
    if (index >= 0) result = spliced(result, removeItem(listOf(result, node), index));
  }
  return result;
}

function setField(text: string, layout: Layout, entry: Node, target: Target, field: string, value: Value): Splice[] {
  const current = property(text, entry, field, target);
  if (current === undefined) return appendMember(text, layout, entry, field, value);
  if (sameValue(meaningOf(current.value), value)) return [];
  const { offset, length } = current.value;
  return [{ start: offset, end: offset + length, text: rendered(layout, value, null, text) }];
}

function appendMember(text: string, layout: Layout, node: Node, key: string, value: Value): Splice[] {
  return appendItem(listOf(text, node), layout, (indent) => {
    const colon = indent === null && isCompact(text) ? ':' : ': ';
    return `${JSON.stringify(key)}${colon}${rendered(layout, value, indent, text)}`;
  });
}

function listOf(text: string, node: Node): CommaList {
  return {
    text,
    open: node.offset + 1,
    close: node.offset + node.length - 1,
    items: (node.children ?? []).map(({ offset, length }) => ({ start: offset, end: offset + length })),
    comments: 'slashes',
  };
}

/** A value as JSON: over several lines below `indent`, or on one line where that is null. */
function rendered(layout: Layout, value: Value, indent: string | null, text: string): string {
  if (indent !== null) return JSON.stringify(value, null, layout.unit).replaceAll('\n', layout.eol + indent);
  return isCompact(text) ? JSON.stringify(value) : spacedJson(value);
}

/** Whether the document is written without blanks. */
const isCompact = (text: string): boolean => !/[:,{][ \t]/.test(text);

function spacedJson(value: Value): string {
  if (Array.isArray(value)) return `[${value.map((item: Value) => spacedJson(item)).join(', ')}]`;
  if (typeof value !== 'object' || value === null || value instanceof Date) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${spacedJson(member)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

function document(layout: Layout, { key }: Target, servers: Value): string {
  return JSON.stringify({ [key]: servers }, null, layout.unit).replaceAll('\n', layout.eol) + layout.eol;
}
