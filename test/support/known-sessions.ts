import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeLine, sessionJournalFile } from '../../src/state/journal-format.ts';
import type { Home } from './home.ts';

/** Ids of the sessions that the gateway of a home knows, as its journal has them. */
export function knownSessions({ folder }: Home): string[] {
  const file = sessionJournalFile(join(folder, 'state'));
  const known = new Map<string, string>();
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
  for (const entry of lines.map(decodeLine)) {
    if (entry.kind === 'put') known.set(entry.record.id, entry.record.workloadId);
    if (entry.kind === 'delete') known.delete(entry.sessionId);
    if (entry.kind === 'delete-workload') for (const [id, workload] of known) if (workload === entry.workloadId) known.delete(id);
  }
  return [...known.keys()];
}
