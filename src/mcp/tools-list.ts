/** What Holdfast reads and changes in the answers to `tools/list`. `result` is always the JSON of a message's result, valid as JSON. */

import { isRecord } from '../lib/record.ts';
import { encodeUtf8 } from '../lib/utf8.ts';
import { findValues } from './find-values.ts';
import { jsonValue } from './json-text.ts';
import { spliceRanges } from './splice.ts';

export interface ToolSummary {
  readonly name: string;
  /** Whether the server annotates it as read-only or idempotent, so that calling it twice does no harm. */
  readonly safe: boolean;
}

export interface ToolsPage {
  readonly tools: readonly ToolSummary[];
  readonly nextCursor: string | null;
}

/** The tools of one page. What is not a tool with a name is left out. */
export function readTools(result: Uint8Array): ToolsPage {
  const page = jsonValue(result, 0, result.length);
  if (!isRecord(page)) return { tools: [], nextCursor: null };
  const { tools, nextCursor } = page;
  return {
    tools: Array.isArray(tools) ? tools.flatMap((tool: unknown) => summary(tool)) : [],
    nextCursor: typeof nextCursor === 'string' ? nextCursor : null,
  };
}

function summary(tool: unknown): ToolSummary[] {
  if (!isRecord(tool) || typeof tool['name'] !== 'string') return [];
  const annotations = isRecord(tool['annotations']) ? tool['annotations'] : {};
  return [{ name: tool['name'], safe: annotations['readOnlyHint'] === true || annotations['idempotentHint'] === true }];
}

/** Whether the page says that the tool is safe to call twice. Null where it does not list it; where it does so twice, both must say so. */
export function toolSafety(result: Uint8Array, name: string): boolean | null {
  const listed = readTools(result).tools.filter((tool) => tool.name === name);
  return listed.length === 0 ? null : listed.every((tool) => tool.safe);
}

const FORBIDDEN = encodeUtf8('"forbidden"');

/**
 * The page with the offer to run tools as tasks taken back (2025-11-25, `execution.taskSupport`): on a server that many clients share, a
 * list of tasks would show each of them those of the others. Every other byte stays.
 */
export function withoutTaskSupport(result: Uint8Array): Uint8Array {
  if (!maySayTaskSupport(result)) return result;
  const offers = findValues(result, ['tools', '*', 'execution', 'taskSupport']);
  if (offers.length === 0) return result;
  return spliceRanges(
    result,
    offers.map(({ start, end }) => ({ start, end, replacement: FORBIDDEN })),
  );
}

/** A quick look before the exact one: whether the key stands there, or an escape that it might be written with. */
function maySayTaskSupport(result: Uint8Array): boolean {
  const bytes = Buffer.from(result.buffer, result.byteOffset, result.length);
  return bytes.includes('taskSupport') || bytes.includes('\\u');
}
