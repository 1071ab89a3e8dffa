import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { Target } from '../editor.ts';
import { DEEPEST, syntaxError } from '../syntax-error.ts';
import type { Value } from '../value.ts';

/** One property of an object. */
export interface Property {
  readonly key: string;
  readonly node: Node;
  readonly value: Node;
}

/**
 * The syntax tree of a JSON text with or without comments; undefined where there is nothing but white space and comments.
 * @throws HF_CLIENT_FILE_SYNTAX for what this client's parser refuses, and for nesting beyond 200 levels
 */
export function parseJson(text: string, target: Target): Node | undefined {
  const seen = scan(text, target);
  refuse(text, seen.comment, target, target.parser.comments, 'comments');
  refuse(text, seen.trailingComma, target, target.parser.trailingComma, 'a comma behind the last item');
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true, allowEmptyContent: true, disallowComments: false });
  const first = errors[0];
  if (first !== undefined) throw syntaxError(text, first.offset, target, `it is not valid JSON (${printParseErrorCode(first.error)})`);
  if (tree !== undefined && seen.comment === undefined && seen.trailingComma === undefined) checkStrictly(text, target);
  return tree;
}

/** What a tree means. Of duplicate keys the last counts, as for `JSON.parse`. */
export function meaningOf(node: Node | undefined): Value {
  if (node === undefined) return null;
  if (node.type === 'array') return (node.children ?? []).map((item) => meaningOf(item));
  if (node.type === 'object') return Object.fromEntries(properties(node).map(({ key, value }) => [key, meaningOf(value)]));
  return node.value as Value;
}

/** The properties of an object in their order. */
export function properties(node: Node): Property[] {
  return (node.children ?? []).flatMap((member) => {
    const [key, value] = member.children ?? [];
    return key === undefined || value === undefined ? [] : [{ key: key.value as string, node: member, value }];
  });
}

/** @throws HF_CLIENT_FILE_SYNTAX where two properties of an object have the same name */
export function refuseDoubles(text: string, node: Node, target: Target): void {
  const seen = new Set<string>();
  for (const { key, node: found } of properties(node)) {
    if (seen.has(key)) throw syntaxError(text, found.offset, target, 'the same key stands in this object twice');
    seen.add(key);
  }
}

/** The one property of that name. @throws HF_CLIENT_FILE_SYNTAX where there are several: clients differ in which one counts */
export function property(text: string, node: Node, key: string, target: Target): Property | undefined {
  const [found, double] = properties(node).filter((candidate) => candidate.key === key);
  if (double !== undefined) throw syntaxError(text, double.node.offset, target, 'the same key stands in this object twice');
  return found;
}

/** One pass over the tokens, without recursion: the parser itself runs out of stack in deep nesting. */
function scan(text: string, target: Target): { comment: number | undefined; trailingComma: number | undefined } {
  // Strings are matched as a whole, so that what is in them is not taken for anything else.
  const tokens = /"(?:[^"\\\r\n]|\\.)*"?|\/\/[^\r\n]*|\/\*[^]*?(?:\*\/|$)|[{}[\],]|[^\s"/{}[\],]+|\//g;
  let depth = 0;
  let comment: number | undefined;
  let trailingComma: number | undefined;
  let comma: number | undefined;
  for (const { 0: token, index } of text.matchAll(tokens)) {
    if (token.startsWith('//') || token.startsWith('/*')) {
      comment ??= index;
      continue;
    }
    if (token === '{' || token === '[') depth += 1;
    if (depth > DEEPEST) throw syntaxError(text, index, target, `it is nested deeper than ${DEEPEST} levels`);
    if (token === '}' || token === ']') {
      depth -= 1;
      trailingComma ??= comma;
    }
    comma = token === ',' ? index : undefined;
  }
  return { comment, trailingComma };
}

function refuse(text: string, offset: number | undefined, target: Target, accepted: string, what: string): void {
  if (offset === undefined || (accepted !== 'fatal' && accepted !== 'ignored')) return;
  throw syntaxError(text, offset, target, `${target.client} does not accept ${what}`);
}

/** The tolerant parser takes a few things that no client does. */
function checkStrictly(text: string, target: Target): void {
  try {
    JSON.parse(text);
  } catch (thrown) {
    const at = /position (\d+)/.exec(thrown instanceof Error ? thrown.message : '')?.[1];
    throw syntaxError(text, Number(at ?? 0), target, 'it is not valid JSON');
  }
}
