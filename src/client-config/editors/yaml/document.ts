import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { Target } from '../editor.ts';
import { nextLine } from '../layout.ts';
import { DEEPEST, syntaxError } from '../syntax-error.ts';
import type { Value } from '../value.ts';

/** A YAML document. */
export interface YamlDocument {
  readonly text: string;
  /** Undefined where there is nothing but comments. */
  readonly root: Node | undefined;
  readonly meaning: Value;
}

/**
 * @throws HF_CLIENT_FILE_SYNTAX with line and column; also for several documents, and for anchors, aliases and merges that concern the
 * servers, since an edit there would change other places as well
 */
export function parseYaml(text: string, target: Target): YamlDocument {
  const documents = parsed(text, target);
  const [document, second] = documents;
  if (second !== undefined) throw syntaxError(text, second.range[0], target, 'it holds several documents');
  if (document === undefined) return { text, root: undefined, meaning: null };
  const error = document.errors[0];
  if (error !== undefined) {
    const why =
      error.code === 'RESOURCE_EXHAUSTION' ? `it is nested deeper than ${DEEPEST} levels` : `it is not valid YAML (${error.code})`;
    throw syntaxError(text, error.pos[0], target, why);
  }
  const root = document.contents ?? undefined;
  if (root !== undefined) refuseDoubles(text, root, target);
  if (root !== undefined) refuseSharing(text, root, target);
  return { text, root: isNullScalar(root) ? undefined : root, meaning: meaningOf(text, document, target) };
}

/** The value of a key; undefined where the node is no map or has no such key, null where the key has no value node. */
export function pairOf(node: Node | null | undefined, key: string): Pair<Node, Node | null> | undefined {
  if (!isMap(node)) return undefined;
  return node.items.find((pair) => isScalar(pair.key) && pair.key.value === key) as Pair<Node, Node | null> | undefined;
}

/** The pairs of a map with the ranges of their parts. */
export function pairsOf(node: YAMLMap): readonly Pair<Node, Node | null>[] {
  return node.items as Pair<Node, Node | null>[];
}

/** Start and end of a node, without comments behind it. */
export function rangeOf(node: Node | null | undefined): readonly [number, number] {
  const range = node?.range;
  return range ? [range[0], range[1]] : [0, 0];
}

/** Where a pair begins and ends. */
export function pairRange(pair: Pair<Node, Node | null>): readonly [number, number] {
  const [start, end] = rangeOf(pair.key);
  return [start, pair.value === null ? end : Math.max(end, contentEnd(pair.value))];
}

/** Where the last thing in a node ends. The node's own range may have comments in it that come after. */
export function contentEnd(node: Node | null | undefined): number {
  if (isMap(node) && node.flow !== true) {
    const last = pairsOf(node).at(-1);
    if (last !== undefined) return pairRange(last)[1];
  }
  if (isSeq(node) && node.flow !== true && node.items.length > 0) {
    return Math.max(contentEnd(node.items.at(-1) as Node), (dashOf(node, node.items.length - 1) ?? -1) + 1);
  }
  return rangeOf(node)[1];
}

/**
 * Whether a node ends in a text of several lines right at the end of a document that has no line break there. Parsers differ in whether
 * that text has one, so nothing may be put behind it.
 */
export function endsOpen(text: string, node: Node | null | undefined): boolean {
  if (text.endsWith('\n')) return false;
  if (isMap(node) && node.flow !== true) return endsOpen(text, pairsOf(node).at(-1)?.value);
  if (isSeq(node) && node.flow !== true) return endsOpen(text, node.items.at(-1) as Node | undefined);
  return isScalar(node) && (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED') && rangeOf(node)[1] === text.length;
}

/** Where the item of a list begins, its dash included. */
export function dashOf(list: YAMLSeq, index: number): number | undefined {
  const token = list.srcToken;
  if (token?.type !== 'block-seq') return undefined;
  return token.items[index]?.start.find(({ type }) => type === 'seq-item-ind')?.offset;
}

/** The beginning of the line behind something that ends at `end`. */
export function lineBehind(text: string, end: number): number {
  return end > 0 && text[end - 1] === '\n' ? end : nextLine(text, end);
}

function isNullScalar(node: Node | undefined): boolean {
  return isScalar(node) && node.value === null && (node.source === undefined || node.source === '');
}

function parsed(text: string, target: Target): Document.Parsed[] {
  try {
    const options = { keepSourceTokens: true, uniqueKeys: false, prettyErrors: false, intAsBigInt: true, lineCounter: new LineCounter() };
    return parseAllDocuments(text, options) as Document.Parsed[];
  } catch (thrown) {
    if (thrown instanceof RangeError) throw syntaxError(text, 0, target, `it is nested deeper than ${DEEPEST} levels`);
    throw thrown;
  }
}

function meaningOf(text: string, document: Document.Parsed, target: Target): Value {
  try {
    return document.toJS({ maxAliasCount: 100 }) as Value;
  } catch (thrown) {
    throw syntaxError(
      text,
      0,
      target,
      thrown instanceof RangeError ? `it is nested deeper than ${DEEPEST} levels` : 'its aliases cannot be followed',
    );
  }
}

/** The parser's own check compares each key of a map with all the others. */
function refuseDoubles(text: string, root: Node, target: Target): void {
  visit(root, {
    Map(_key, map) {
      const seen = new Set<unknown>();
      for (const { key } of pairsOf(map)) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) throw syntaxError(text, rangeOf(key)[0], target, 'it is not valid YAML (DUPLICATE_KEY)');
        seen.add(key.value);
      }
    },
  });
}

function refuseSharing(text: string, root: Node, target: Target): void {
  const refuse = (node: Node | null | undefined): never => {
    throw syntaxError(text, rangeOf(node)[0], target, 'anchors, aliases and merges around the servers are not edited');
  };
  visit(root, (_key, node, path) => {
    if (path.length > 2 * DEEPEST && isNode(node))
      throw syntaxError(text, rangeOf(node)[0], target, `it is nested deeper than ${DEEPEST} levels`);
  });
  if (isMap(root)) {
    for (const pair of pairsOf(root)) if (isScalar(pair.key) && pair.key.value === '<<') refuse(pair.key);
  }
  const servers = pairOf(root, target.key);
  if (servers === undefined) return;
  visit(servers.value, (_key, node) => {
    if (isAlias(node)) refuse(node);
    if ((isScalar(node) || isMap(node) || isSeq(node)) && node.anchor !== undefined) refuse(node);
    if (isPair(node) && isScalar(node.key) && node.key.value === '<<') refuse(node.key);
  });
}
