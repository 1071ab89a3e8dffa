import { join } from 'node:path';
import * as z from 'zod';
import { registrationSchema } from '../core/clients/registration.ts';
import type { Log } from '../core/ports/log.ts';
import type { RegistrationStore } from '../core/ports/registrations.ts';
import { writeFileAtomically } from './atomic-write.ts';
import { setAside } from './set-aside.ts';
import { readStoredFile, refuseNewer } from './stored-file.ts';
import { systemReason } from './write-error.ts';

const SCHEMA = 1;
const fileSchema = z.object({ schema: z.literal(SCHEMA), clients: z.array(registrationSchema) });

/** The registered clients in `clients.json` of the state folder. */
export function createRegistrationStore({
  dir,
  log,
  now = Date.now,
}: {
  readonly dir: string;
  readonly log: Log;
  readonly now?: () => number;
}): RegistrationStore {
  const file = join(dir, 'clients.json');
  return {
    async load() {
      const stored = await readStoredFile(file, fileSchema, SCHEMA);
      refuseNewer(file, stored);
      if (stored.kind === 'good') return stored.value.clients;
      if (stored.kind === 'damaged') {
        const moved = await setAside(file, now()).catch((thrown: unknown) => {
          log.warn('A damaged state file could not be set aside', { file, why: systemReason(thrown) });
          return file;
        });
        log.error('The registrations of the AI clients are damaged; register them again', { file: moved, why: stored.why });
      }
      return [];
    },
    save: (clients) => writeFileAtomically(file, `${JSON.stringify({ schema: SCHEMA, clients }, null, 2)}\n`, true),
  };
}
