import type { Message } from '../../mcp/message.ts';
import { requestTraits } from '../../mcp/methods.ts';
import type { Batch } from '../../mcp/peek.ts';
import { allowsBatches } from '../../mcp/revisions.ts';
import { HoldfastError } from '../errors/holdfast-error.ts';

/** Why a batch is refused; null where it is allowed: on sessions of 2025-03-26, and never with `initialize` in it. */
export function batchError(batch: Batch, revision: string): HoldfastError | null {
  const initializes = batch.messages.some((message) => message.method === 'initialize');
  if (allowsBatches(revision) && !initializes) return null;
  const what = initializes ? 'A batch contains initialize' : `A batch came on a session of revision ${revision}`;
  return new HoldfastError('HF_BATCH_NOT_ALLOWED', { what });
}

/** A batch is repeated only if all its parts may be, whatever their tools say (`sessions.md`, "What is repeated"). */
export function mayRepeatBatch(requests: readonly Message[]): boolean {
  return requests.every((request) => requestTraits(request.method)?.repeat === 'safe');
}
