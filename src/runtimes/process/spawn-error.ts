import { HoldfastError } from '../../core/errors/holdfast-error.ts';

/** What may be otherwise in a second: the table of processes, memory or file descriptors are full. */
const PASSING: ReadonlySet<string> = new Set(['EAGAIN', 'ENOMEM', 'EMFILE', 'ENFILE']);

/** The error of a spawn in our own terms. What was checked before the spawn may still have changed since. */
export function spawnError(file: string, thrown: unknown): HoldfastError {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown';
  const what = `${file} could not be started`;
  if (PASSING.has(code)) return new HoldfastError('HF_SPAWN_FAILED', { what, why: code, data: { errno: code }, cause: thrown });
  if (code === 'ENOENT' || code === 'ENOTDIR') return new HoldfastError('HF_COMMAND_NOT_FOUND', { what, why: code, cause: thrown });
  if (code === 'E2BIG') {
    return new HoldfastError('HF_BAD_SPEC', {
      what,
      why: 'its arguments and environment together are larger than the system allows',
      fix: 'Pass large values in files.',
      cause: thrown,
    });
  }
  return new HoldfastError('HF_COMMAND_NOT_EXECUTABLE', { what, why: code, cause: thrown });
}
