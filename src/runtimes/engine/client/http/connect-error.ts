import { EngineError, type EngineErrorReason } from '../engine-error.ts';

/** Nothing listens there, or no way leads there. */
const ABSENT = ['ENOENT', 'ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTDIR', 'ENOTSOCK'];

/** A connection that failed or broke. It says nothing about what the engine holds: always `unavailable`. */
export function connectError(attempt: string, error: Error): EngineError {
  if (error instanceof EngineError) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return new EngineError('unavailable', { attempt, words: wordsOf(error.message, code), reason: reasonOf(code), cause: error });
}

/** What Node says of a connection that the other side closed: `aborted`, `socket hang up`, `read ECONNRESET`, `write EPIPE`. */
const CLOSED = ['ECONNRESET', 'EPIPE', 'ABORT_ERR', 'ERR_STREAM_PREMATURE_CLOSE'];

function wordsOf(message: string, code: string): string {
  if (CLOSED.includes(code) || message === 'aborted') return 'the engine closed the connection: it was stopped, or has crashed';
  if (code === 'EACCES' || code === 'EPERM') return `${message} (the socket may not be opened by this user)`;
  return message === '' ? code : message;
}

export function timeoutError(attempt: string, ms: number): EngineError {
  return new EngineError('unavailable', { attempt, words: `no answer within ${ms / 1_000} s`, reason: 'timeout' });
}

/** Its turn did not come. */
export function waitedError(attempt: string, words: string): EngineError {
  return new EngineError('unavailable', { attempt, words, reason: 'timeout' });
}

export function cancelledError(attempt: string): EngineError {
  return new EngineError('cancelled', { attempt, words: 'nobody waits for it any more' });
}

function reasonOf(code: string): EngineErrorReason {
  if (code === 'EACCES' || code === 'EPERM') return 'no-permission';
  if (code === 'ETIMEDOUT') return 'timeout';
  if (code.startsWith('HPE_')) return 'not-an-engine';
  return ABSENT.includes(code) ? 'absent' : 'other';
}
