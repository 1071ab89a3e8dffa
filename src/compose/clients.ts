import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClientConfig } from '../client-config/client-config.ts';
import { maskKeys } from '../core/clients/keyed-url.ts';
import type { ClientConfig, ClientFileChange } from '../core/ports/client-config.ts';
import type { Clock, Random } from '../core/ports/clock.ts';
import type { Log } from '../core/ports/log.ts';
import type { Directories } from '../platform/directories.ts';
import { type Machine, thisMachine } from '../platform/machine.ts';
import { createRegistrationStore } from '../state/registrations.ts';
import type { Redactor } from '../telemetry/redactor.ts';
import type { OwnProgram } from '../usecases/clients/entry-maker.ts';
import { ClientRegistry } from '../usecases/clients/registry.ts';

/** Owner of the keys at the redactor. */
const KEYS = 'client-keys';

/** The registered clients of a state folder. Their keys are taken out of everything that leaves the daemon. @throws HF_STATE_NEWER */
export async function loadRegistry(dir: string, log: Log, redactor: Redactor): Promise<ClientRegistry> {
  const registry = new ClientRegistry(createRegistrationStore({ dir, log }), (registrations) =>
    redactor.add(
      KEYS,
      registrations.map(({ key }) => key),
    ),
  );
  await registry.load();
  return registry;
}

/** The files of the AI clients of the user whose environment this is. */
export function clientFiles(
  dir: string,
  time: { readonly clock: Clock; readonly random: Random },
  { platform, env, userHome }: Machine = thisMachine(),
): ClientConfig {
  return createClientConfig({ surroundings: { platform, env, home: userHome }, folder: join(dir, 'clients'), ...time });
}

/** 128 bits, hex. */
export const newClientKey = (): string => randomBytes(16).toString('hex');

/** The command line of this home, for clients that start a program: it must find the home that it was written for. */
export function ownProgram({ home }: Pick<Directories, 'home'>, platform: NodeJS.Platform = process.platform): OwnProgram {
  // The bundles of both programs lie in one folder, flat.
  const script = fileURLToPath(new URL('./holdfast.js', import.meta.url));
  if (home === null || platform === 'win32') return { command: process.execPath, args: [script] };
  return { command: '/usr/bin/env', args: [`HOLDFAST_HOME=${home}`, process.execPath, script] };
}

/** What the files become is shown without keys, and without the values of secrets: an entry that was imported has them. */
export function withMaskedDiffs(config: ClientConfig, redactor: Pick<Redactor, 'redact'>): ClientConfig {
  const masked = (changes: readonly ClientFileChange[]): ClientFileChange[] =>
    changes.map(({ file, diff }) => ({ file, diff: redactor.redact(maskKeys(diff)) }));
  return {
    known: () => config.known(),
    status: (client) => config.status(client),
    fingerprint: (client) => config.fingerprint(client),
    servers: (client) => config.servers(client),
    edit: async (...order) => masked(await config.edit(...order)),
    diff: async (client) => masked(await config.diff(client)),
    restore: async (...order) => masked(await config.restore(...order)),
  };
}
