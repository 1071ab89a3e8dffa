import { EngineError, type EngineErrorReason } from '../engine-error.ts';

/** Nothing listens there, or no way leads there. */
const ABSENT = ['ENOENT', 'ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTDIR', 'ENOTSOCK'];

/** A connection that failed or broke. It says nothing about what the engine holds: always `unavailable`. */
export function connectError(attempt: string, error: Error): EngineError {
  if (error instanceof EngineError) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const words = code === 'EACCES' || code === 'EPERM' ? `${error.message} (the socket may not be opened by this user)` : error.message;
  return new EngineError('unavailable', { attempt, words: words === '' ? code : words, reason: reasonOf(code), cause: error });
}

export function timeoutError(attempt: string, ms: number): EngineError {
  return new EngineError('unavailable', { attempt, words: `no answer within ${ms / 1_000} s`, reason: 'timeout' });
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
