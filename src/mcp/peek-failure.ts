/** Why a body is no JSON-RPC message that can be passed on. */

import { type JsonFault, MAX_DEPTH } from '../lib/json-scanner.ts';

/**
 * `batch`: an array came where one message was expected. `duplicate-key`: a key that Holdfast reads stands twice in its object, up to case
 * and escapes, so that two parsers could see two different messages (sessions.md, Framing).
 */
export type PeekReason = JsonFault | 'empty' | 'byte-order-mark' | 'duplicate-key' | 'not-jsonrpc' | 'batch' | 'empty-batch';

export interface PeekFailure {
  readonly ok: false;
  readonly reason: PeekReason;
  /** The byte at which it went wrong, counted from 0. */
  readonly offset: number;
  /** The reason in words that complete "The body is refused: …", without the offset. */
  readonly words: string;
}

const WORDS: Record<PeekReason, string> = {
  'not-json': 'it is not valid JSON',
  'not-utf8': 'it is not valid UTF-8',
  'too-deep': `its objects and arrays are nested more than ${MAX_DEPTH} deep`,
  empty: 'it is empty',
  'byte-order-mark': 'it begins with a byte order mark, which JSON on the wire must not have',
  'duplicate-key': 'a key stands twice in the same object, so that two readers could understand two different messages',
  'not-jsonrpc': 'it is not a JSON-RPC 2.0 message',
  batch: 'it is a batch where a single message is expected',
  'empty-batch': 'it is a batch without a message',
};

/** `detail` replaces the general words where more is known. */
export function peekFailure(reason: PeekReason, offset: number, detail?: string): PeekFailure {
  return { ok: false, reason, offset, words: detail ?? WORDS[reason] };
}
