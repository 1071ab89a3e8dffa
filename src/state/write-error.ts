import { HoldfastError } from '../core/errors/holdfast-error.ts';

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOENT: 'the folder is gone',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open on this machine',
  EIO: 'the disk reports an input/output error',
};

/** The stable code of a failed system call (`ENOSPC`, …), or null for anything else that was thrown. */
export function systemCode(thrown: unknown): string | null {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' ? code : null;
}

/** A system error in a few words, with its code. Never quotes file contents. */
export function systemReason(thrown: unknown): string {
  const code = systemCode(thrown);
  if (code === null) return thrown instanceof Error ? thrown.message : String(thrown);
  const words = REASONS[code];
  return words === undefined ? code : `${words} (${code})`;
}

/** HF_STATE_WRITE for a write that failed; what was there before is still readable. */
export function stateWriteError(file: string, thrown: unknown): HoldfastError {
  if (thrown instanceof HoldfastError) return thrown;
  return new HoldfastError('HF_STATE_WRITE', {
    what: `Cannot write ${file}`,
    why: systemReason(thrown),
    data: { file, code: systemCode(thrown) },
    cause: thrown,
  });
}
