import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod';
import type { Log } from '../core/ports/log.ts';
import { writeFileAtomically } from './atomic-write.ts';
import { setAside } from './set-aside.ts';
import { readStoredFile, refuseNewer } from './stored-file.ts';
import { systemReason } from './write-error.ts';

const SCHEMA = 1;
const instanceSchema = z.object({ schema: z.literal(SCHEMA), id: z.uuid() });

/**
 * The UUID of a state folder, made at its first use. Everything that Holdfast starts carries it, so that it never touches what belongs to
 * another state folder. A damaged file gets a new UUID: what the old one had started is then left alone for ever, so that is logged.
 * @throws HF_STATE_NEWER, HF_STATE_WRITE
 */
export async function loadInstance(dir: string, log: Log, now: () => number = Date.now): Promise<string> {
  const file = join(dir, 'instance.json');
  const stored = await readStoredFile(file, instanceSchema, SCHEMA);
  refuseNewer(file, stored);
  if (stored.kind === 'good') return stored.value.id;
  if (stored.kind === 'damaged') {
    const moved = await setAside(file, now()).catch((thrown: unknown) => {
      log.warn('A damaged state file could not be set aside', { file, why: systemReason(thrown) });
      return file;
    });
    log.error('The identity of the state folder is damaged; it gets a new one, and servers of the old one are no longer recognised', {
      file: moved,
      why: stored.why,
    });
  }
  const id = randomUUID();
  await writeFileAtomically(file, `${JSON.stringify({ schema: SCHEMA, id })}\n`, true);
  return id;
}
