import type { AST } from 'toml-eslint-parser';
import type { CommaList } from '../comma-list.ts';

/** An inline table or array as a list with commas. */
export function listOf(text: string, node: AST.TOMLInlineTable | AST.TOMLArray): CommaList {
  const items = node.type === 'TOMLArray' ? node.elements : node.body;
  return {
    text,
    open: node.range[0] + 1,
    close: node.range[1] - 1,
    items: items.map(({ range: [start, end] }) => ({ start, end })),
    comments: 'hash',
    singleLine: node.type === 'TOMLInlineTable',
  };
}
