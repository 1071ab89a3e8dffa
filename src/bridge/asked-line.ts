import type { Message } from '../mcp/message.ts';
import { type Era, requestTraits } from '../mcp/methods.ts';
import type { Batch } from '../mcp/peek.ts';

/** What a client asked in one line: a request, or a batch of them. */
export interface AskedLine {
  readonly body: Uint8Array;
  readonly era: Era;
  /** '' for a batch. */
  readonly method: string;
  readonly isBatch: boolean;
  /** The ids that wait for an answer: their JSON by their key. */
  readonly ids: ReadonlyMap<string, Uint8Array>;
  /** May be sent again when it may have been executed (sessions.md, What is repeated). */
  readonly repeatable: boolean;
  /** Those of the 2026-07-28 era, which are the same whenever it is sent; a session's come with the session. */
  readonly headers: Readonly<Record<string, string>>;
}

export function askedOf(message: Message, era: Era, headers: Readonly<Record<string, string>>): AskedLine {
  const { method } = message;
  return { body: message.ownBytes, era, method, isBatch: false, ids: idsOf([message]), repeatable: isSafe(message), headers };
}

export function askedInBatch({ bytes, messages }: Batch): AskedLine {
  const requests = messages.filter(({ kind }) => kind === 'request');
  return {
    body: bytes,
    era: 'legacy',
    method: '',
    isBatch: true,
    ids: idsOf(requests),
    repeatable: requests.every(isSafe),
    headers: {},
  };
}

/** Of tools, whoever stands here knows no annotations: the gateway, which does, repeats those after a crash of the server. */
function isSafe({ method }: Message): boolean {
  return requestTraits(method)?.repeat === 'safe';
}

function idsOf(messages: readonly Message[]): Map<string, Uint8Array> {
  return new Map(
    messages.flatMap((message) => {
      const { id } = message;
      return id === undefined ? [] : [[id.key, message.bytes.subarray(id.start, id.end)]];
    }),
  );
}
