import { lstat, rename } from 'node:fs/promises';

/** Name for a damaged file: `<file>.damaged-2026-11-24T15-56-03-123Z`, with a number behind it where that is taken. */
export async function freeDamagedName(file: string, now: number): Promise<string> {
  const base = `${file}.damaged-${new Date(now).toISOString().replace(/[:.]/g, '-')}`;
  for (let n = 1; ; n += 1) {
    const name = n === 1 ? base : `${base}-${n}`;
    const taken = await lstat(name).then(
      () => true,
      () => false,
    );
    if (!taken) return name;
  }
}

/** Renames a damaged file (or folder) so that nothing overwrites its bytes. Answers its new name. */
export async function setAside(file: string, now: number): Promise<string> {
  const name = await freeDamagedName(file, now);
  await rename(file, name);
  return name;
}
