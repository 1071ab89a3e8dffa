import { mkdirSync, renameSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClientLock } from '../descriptors/descriptor.ts';
import { systemCode } from './system-error.ts';

/** After so long without a touch clients take over a lock; so it is passed over here too, and left where it is. */
const STALE_AFTER_MS = 10_000;

/** Answers of the system when somebody has the lock, or just gave it back. */
const HELD: readonly string[] = ['EEXIST', 'ENOTEMPTY', 'ENOTDIR', 'ENOENT'];
/** Answers of the system when the folder must not be written; on Windows also for a lock that somebody has. */
const FORBIDDEN: readonly string[] = ['EPERM', 'EACCES', 'EROFS'];

/** The lock that a client itself takes on its file. */
export interface Lock {
  /** Takes it at once. False = somebody else has it. Synchronous, so that it is held for no longer than the work under it takes. */
  take(now: number): boolean;
  /** Gives it back. */
  release(): void;
  /** Clears away what was prepared. */
  dispose(): void;
}

/** For clients without a lock. */
export const noLock: Lock = { take: () => true, release: () => undefined, dispose: () => undefined };

/**
 * The lock of a client's file, beside it.
 * @param real where the file lies
 * @param token unique among all that take this lock
 */
export function clientLock(kind: ClientLock, real: string, token: string): Lock {
  const folder = `${real}.lock`;
  const prepared = `${folder}.${token}`;
  let held = false;
  const make = (): void => {
    if (kind === 'directory') {
      mkdirSync(folder);
      return;
    }
    // Cline makes its lock elsewhere and renames it into place, which an empty directory would not stop.
    mkdirSync(prepared, { recursive: true });
    writeFileSync(join(prepared, `owner.${token}`), '');
    renameSync(prepared, folder);
  };
  return {
    take(now) {
      try {
        make();
        held = true;
        return true;
      } catch (thrown) {
        const code = systemCode(thrown) ?? '';
        if (!HELD.includes(code) && !FORBIDDEN.includes(code)) throw thrown;
        return isFree(folder, now, FORBIDDEN.includes(code));
      }
    },
    release() {
      if (!held) return;
      held = false;
      if (kind === 'directory') rmdirSync(folder);
      else rmSync(folder, { recursive: true, force: true });
    },
    dispose: () => rmSync(prepared, { recursive: true, force: true }),
  };
}

/** @param forbidden no lock can be made here, so where there is none, nobody will make one */
function isFree(folder: string, now: number, forbidden: boolean): boolean {
  const facts = statSync(folder, { throwIfNoEntry: false });
  return facts === undefined ? forbidden : now - facts.mtimeMs > STALE_AFTER_MS;
}
