import { isMap, isSeq, type Node } from 'yaml';
import type { CommaList } from '../comma-list.ts';
import { pairRange, pairsOf, rangeOf } from './document.ts';

/** A collection in flow style as a list with commas. */
export function flowList(text: string, node: Node): CommaList {
  const [start, end] = rangeOf(node);
  const items = isMap(node) ? pairsOf(node).map(pairRange) : isSeq(node) ? (node.items as Node[]).map(rangeOf) : [];
  return { text, open: start + 1, close: end - 1, items: items.map(([from, to]) => ({ start: from, end: to })), comments: 'hash' };
}
