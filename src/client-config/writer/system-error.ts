import { HoldfastError } from '../../core/errors/holdfast-error.ts';

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is not a folder',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'its path is too long',
};

/** A folder in which nothing can be made, or a file that is mounted by itself: the file can still be written in place. */
export const NOT_REPLACEABLE: readonly string[] = ['EACCES', 'EPERM', 'EROFS', 'EBUSY', 'EXDEV'];

/** The stable code of a failed system call (`ENOSPC`, …); undefined for anything else that was thrown. */
export function systemCode(thrown: unknown): string | undefined {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** HF_CLIENT_FILE_ACCESS for whatever a system call threw. Never quotes contents. */
export function accessError(file: string, thrown: unknown): HoldfastError {
  if (thrown instanceof HoldfastError) return thrown;
  const code = systemCode(thrown);
  const words = code === undefined ? undefined : REASONS[code];
  const why = code === undefined ? String(thrown) : words === undefined ? code : `${words} (${code})`;
  return new HoldfastError('HF_CLIENT_FILE_ACCESS', { what: `Cannot use ${file}`, why, data: { file, code: code ?? null }, cause: thrown });
}

/** HF_CLIENT_FILE_ACCESS with words of our own. */
export function unusable(file: string, why: string): HoldfastError {
  return new HoldfastError('HF_CLIENT_FILE_ACCESS', { what: `Cannot use ${file}`, why, data: { file, code: null } });
}
