import { isCollection, isMap, isScalar, type Node } from 'yaml';
import { appendItem, removeItem } from '../comma-list.ts';
import { type Put, type Splice, spliced, type Target } from '../editor.ts';
import { layoutOf, lineStart } from '../layout.ts';
import { sameValue, type Value } from '../value.ts';
import { lineBehind, pairOf, pairRange, pairsOf, rangeOf } from './document.ts';
import { flowList } from './flow.ts';
import { linesAt, linesSplice } from './lines.ts';
import { yamlFlow, yamlPair } from './render.ts';

/** Sets, adds and drops fields of an entry, one after another; each edit is parsed again, since it moves the rest. */
export function setFields(
  text: string,
  target: Target,
  name: string,
  put: Put,
  entryOf: (text: string, target: Target, name: string) => Node | undefined,
): string {
  let result = text;
  for (const [field, value] of Object.entries(put.owned)) {
    result = spliced(result, setField(result, entryOf(result, target, name), field, value));
  }
  for (const field of put.drop) result = spliced(result, dropField(result, entryOf(result, target, name), field));
  return result;
}

function setField(text: string, entry: Node | undefined, field: string, value: Value): Splice[] {
  if (!isMap(entry)) return [];
  const layout = layoutOf(text);
  const current = pairOf(entry, field);
  if (current === undefined) {
    if (entry.flow === true) return appendItem(flowList(text, entry), layout, () => yamlPair(field, value));
    const first = rangeOf(pairsOf(entry)[0]?.key)[0];
    const last = pairsOf(entry).at(-1);
    const indent = ' '.repeat(first - lineStart(text, first));
    return linesAt(text, lineBehind(text, last === undefined ? first : pairRange(last)[1]), [indent + yamlPair(field, value)], layout.eol);
  }
  const plain = current.value?.toJSON() as Value | undefined;
  if (sameValue(plain ?? null, value)) return [];
  const [start, end] = rangeOf(current.value);
  const oneLine = end > start && !text.slice(start, end).includes('\n') && (isScalar(current.value) || isFlow(current.value));
  if (oneLine) return [{ start, end, text: yamlFlow(value) }];
  const [from, to] = pairRange(current);
  const tail = text.slice(from, to).endsWith('\n') ? layout.eol : '';
  return [{ start: from, end: to, text: yamlPair(field, value) + tail }];
}

function dropField(text: string, entry: Node | undefined, field: string): Splice[] {
  const current = pairOf(entry, field);
  if (current === undefined || !isMap(entry)) return [];
  if (entry.flow === true) return removeItem(flowList(text, entry), pairsOf(entry).indexOf(current));
  return linesSplice(text, pairRange(current));
}

function isFlow(node: Node | null): boolean {
  return isCollection(node) && node.flow === true;
}
