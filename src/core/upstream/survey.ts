import type { Message } from '../../mcp/message.ts';

/** Pages that are read of one list. */
const MOST_PAGES = 50;

const LISTS: readonly { readonly capability: string; readonly methods: readonly string[] }[] = [
  { capability: 'tools', methods: ['tools/list'] },
  { capability: 'prompts', methods: ['prompts/list'] },
  { capability: 'resources', methods: ['resources/list', 'resources/templates/list'] },
];

/** Asks the backend something in Holdfast's own name. @param params JSON text */
export type Ask = (method: string, params: string | null) => Promise<Message>;

/** The same, where there may be no JSON-RPC answer at all. */
export type TryAsk = (method: string, params: string | null) => Promise<Message | null>;

/** Reads every list that the server says it has, page by page. Tools come first: repeating a call waits for them. */
export async function surveyLists(
  capabilities: Readonly<Record<string, unknown>> | null,
  ask: Ask,
  page: (method: string, cursor: string | null, result: Uint8Array) => void,
): Promise<void> {
  for (const { capability, methods } of LISTS) {
    if (!capabilities?.[capability]) continue;
    for (const method of methods) await readPages(method, ask, page);
  }
}

/** Reads one list, page by page. */
export async function readPages(
  method: string,
  ask: TryAsk,
  page: (method: string, cursor: string | null, result: Uint8Array) => void,
): Promise<void> {
  let cursor: string | null = null;
  for (let count = 0; count < MOST_PAGES; count += 1) {
    const answer: Message | null = await ask(method, cursor === null ? null : JSON.stringify({ cursor }));
    const result = answer?.range('result');
    if (!answer || !result) return;
    page(method, cursor, answer.bytes.subarray(result.start, result.end));
    const next = answer.text('result.nextCursor');
    if (next === undefined) return;
    cursor = next;
  }
}
