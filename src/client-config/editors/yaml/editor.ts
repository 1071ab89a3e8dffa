import { isCollection, isMap, isScalar, isSeq, type Node } from 'yaml';
import { appendItem, collapse, removeItem } from '../comma-list.ts';
import { type Editor, nameOf, type Splice, spliced, type Target } from '../editor.ts';
import { indentation, layoutOf, lineStart } from '../layout.ts';
import type { Fields } from '../value.ts';
import { contentEnd, dashOf, endsOpen, lineBehind, pairOf, pairRange, pairsOf, parseYaml, rangeOf } from './document.ts';
import { setFields } from './fields.ts';
import { flowList } from './flow.ts';
import { linesAt, linesSplice } from './lines.ts';
import { yamlBlock, yamlFlow, yamlString } from './render.ts';

/** Edits YAML: servers are a map or a list, in block style or in flow style. */
export const yamlEditor: Editor = {
  read(text, target) {
    const { root, meaning } = parseYaml(text, target);
    const offsetOf = (name?: string): number => {
      const servers = pairOf(root, target.key);
      const entry = name === undefined ? undefined : entryNode(servers?.value, target, name);
      return rangeOf(entry ?? servers?.value ?? servers?.key ?? root)[0];
    };
    return { meaning, offsetOf };
  },

  put(text, target, name, put) {
    const { root } = parseYaml(text, target);
    const { key, container } = target;
    const layout = layoutOf(text);
    const unit = layout.unit.includes('\t') ? '  ' : layout.unit;
    const fields: Fields = { ...put.initial, ...put.owned };
    const whole = (indent: string): string[] => [
      `${indent}${yamlString(key)}:`,
      ...yamlBlock(name, fields, container, indent + unit, unit),
    ];
    if (root === undefined) return [spliced(text, linesAt(text, text.length, whole(''), layout.eol))];
    if (!isMap(root)) return [];
    const servers = pairOf(root, key);
    const item = container === 'map' ? `${yamlString(name)}: ${yamlFlow(fields)}` : yamlFlow(fields);
    if (servers === undefined) {
      const opened = container === 'map' ? `{ ${item} }` : `[${item}]`;
      if (root.flow === true)
        return [
          spliced(
            text,
            appendItem(flowList(text, root), layout, () => `${yamlString(key)}: ${opened}`),
          ),
        ];
      const start = firstStart(root);
      return [spliced(text, linesAt(text, placeFor(text, root, start), whole(indentation(text, start)), layout.eol))];
    }
    const entry = entryNode(servers.value, target, name);
    if (entry !== undefined) return [setFields(text, target, name, put, entryOf)];
    const { value } = servers;
    if (isCollection(value) && value.flow === true)
      return [
        spliced(
          text,
          appendItem(flowList(text, value), layout, () => item),
        ),
      ];
    if (isCollection(value)) {
      const start = isSeq(value) ? (dashOf(value, 0) ?? 0) : firstStart(value);
      const block = yamlBlock(name, fields, container, ' '.repeat(start - lineStart(text, start)), unit);
      return [spliced(text, linesAt(text, placeFor(text, value, start), block, layout.eol))];
    }
    const [from, to] = rangeOf(value);
    if (isScalar(value) && to > from) {
      return [spliced(text, [{ start: from, end: to, text: container === 'map' ? `{ ${item} }` : `[${item}]` }])];
    }
    const block = yamlBlock(name, fields, container, indentation(text, rangeOf(servers.key)[0]) + unit, unit);
    return [spliced(text, linesAt(text, lineBehind(text, rangeOf(servers.key)[1]), block, layout.eol))];
  },

  take(text, target, name) {
    const servers = pairOf(parseYaml(text, target).root, target.key)?.value;
    if (!isCollection(servers)) return [text];
    const entry = entryNode(servers, target, name);
    const index = isMap(servers)
      ? pairsOf(servers).findIndex(({ key }) => isScalar(key) && key.value === name)
      : servers.items.indexOf(entry);
    if (index < 0) return [text];
    return [spliced(text, removal(text, servers, index))];
  },

  takeKey(text, target) {
    const { root } = parseYaml(text, target);
    if (!isMap(root)) return [text];
    const index = pairsOf(root).findIndex(({ key }) => isScalar(key) && key.value === target.key);
    return [spliced(text, removal(text, root, index))];
  },

  tighten(text, target) {
    const servers = pairOf(parseYaml(text, target).root, target.key)?.value;
    return [isCollection(servers) && servers.flow === true ? spliced(text, collapse(flowList(text, servers))) : text];
  },
};

/** The node of an entry, by its key or by the `name` in it. */
function entryNode(servers: Node | null | undefined, { container }: Target, name: string): Node | undefined {
  if (container === 'map') return pairOf(servers, name)?.value ?? undefined;
  if (!isSeq(servers)) return undefined;
  return (servers.items as Node[]).find(
    (item) => nameOf({ name: (pairOf(item, 'name')?.value as { value?: string } | undefined)?.value ?? null }) === name,
  );
}

/** The node of an entry in a text. */
function entryOf(text: string, target: Target, name: string): Node | undefined {
  return entryNode(pairOf(parseYaml(text, target).root, target.key)?.value, target, name);
}

function removal(text: string, node: Node, index: number): Splice[] {
  if (!isMap(node) && !isSeq(node)) return [];
  if (node.flow === true) return removeItem(flowList(text, node), index);
  const pair = isMap(node) ? pairsOf(node)[index] : undefined;
  if (pair !== undefined) return linesSplice(text, pairRange(pair));
  const dash = isSeq(node) ? dashOf(node, index) : undefined;
  return dash === undefined || !isSeq(node) ? [] : linesSplice(text, [dash, Math.max(dash + 1, contentEnd(node.items[index] as Node))]);
}

/** Behind the last item of a collection; before the first one where nothing may follow the last. */
function placeFor(text: string, node: Node, start: number): number {
  return endsOpen(text, node) ? lineStart(text, start) : lineBehind(text, contentEnd(node));
}

function firstStart(node: Node): number {
  return isMap(node) ? rangeOf(pairsOf(node)[0]?.key)[0] : rangeOf(node)[0];
}
