// Tries to become the daemon of a state folder, and says whether it did. The holder stays until its input ends.
//   node singleton-starter.mjs FOLDER
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { acquireSingleton } from '../../../src/platform/singleton.ts';

/** A line of its output. */
export interface StarterSaid {
  readonly pid: number;
  readonly held: boolean;
}

const dir = process.argv[2] ?? '';
const singleton = await acquireSingleton(dir);
process.stdout.write(`${JSON.stringify({ pid: process.pid, held: singleton !== null } satisfies StarterSaid)}\n`);
if (singleton !== null) {
  // Fails when there is a second holder.
  writeFileSync(join(dir, 'holder'), String(process.pid), { flag: 'wx' });
  process.stdin.resume();
  process.stdin.once('end', () => void singleton.release());
}
