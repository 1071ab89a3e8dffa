import { type Registration, refreshModes } from '../../src/core/clients/registration.ts';
import { HoldfastError } from '../../src/core/errors/holdfast-error.ts';
import type { ClientConfig, ClientEdit, KnownClient } from '../../src/core/ports/client-config.ts';
import type { RegistrationStore } from '../../src/core/ports/registrations.ts';
import type { Lifeline } from '../daemon/lifeline.ts';
import type { Random } from '../time/random.ts';
import type { World } from '../world.ts';

/** The key in the URL that every simulated client uses: that of the client which watches its file. */
export const WATCHER_KEY = '0'.repeat(31) + '1';

const known = (id: string, watchesFile: boolean, noticesWithinMs: number | null): KnownClient => ({
  id,
  name: id,
  editable: true,
  watchesFile,
  noticesWithinMs,
  advice: null,
});
const CLIENTS: readonly KnownClient[] = [known('blind', false, null), known('watcher', true, 500)];

/** The files of two AI clients: they outlive every daemon. One client watches its file, the other does not. */
export class ClientFiles {
  /** Names of the entries, by client. */
  readonly entries: ReadonlyMap<string, Set<string>> = new Map(CLIENTS.map(({ id }) => [id, new Set<string>()]));
  readonly registrations: readonly Registration[];
  readonly #world: World;
  readonly #random: Random;

  constructor(world: World) {
    this.#world = world;
    this.#random = world.random.fork('client-files');
    const common = { groups: null, since: 0 };
    this.registrations = [
      { ...common, client: 'blind', key: '0'.repeat(32), refresh: 'always' },
      { ...common, client: 'watcher', key: WATCHER_KEY, refresh: this.#random.pick([null, ...refreshModes]) },
    ];
  }

  store(): RegistrationStore {
    return { load: () => Promise.resolve(this.registrations), save: () => Promise.resolve() };
  }

  /** As one daemon reaches them: it may die before an edit, after it, or before it learns that it was made. */
  port(lifeline: Lifeline): ClientConfig {
    const entriesOf = (client: string): Set<string> => this.entries.get(client) ?? new Set();
    const answer = <T>(give: () => T): Promise<T> =>
      lifeline.promise((resolve) => void this.#world.time.after(this.#random.between(0.1, 3), () => resolve(give())));
    return {
      known: () => CLIENTS,
      status: (client) =>
        answer(() => {
          const entries = Object.fromEntries([...entriesOf(client)].map((name) => [name, 'written' as const]));
          return { client, installed: true, files: [{ file: client, exists: true, entries, problem: null }] };
        }),
      fingerprint: (client) => answer(() => [...entriesOf(client)].toSorted().join()),
      edit: (client, edits) =>
        lifeline.promise((resolve, reject) => {
          if (!lifeline.act()) return;
          const { time, faulty, trace } = this.#world;
          const ms = this.#random.chance(0.05) ? this.#random.between(50, 3_000) : this.#random.between(1, 30);
          if (faulty && this.#random.chance(0.05)) {
            time.after(ms, () => reject(new HoldfastError('HF_CLIENT_FILE_BUSY', { what: `${client} keeps writing` })));
            return;
          }
          time.after(ms * this.#random.next(), () => {
            if (lifeline.dead) return;
            apply(entriesOf(client), edits);
            trace.note('entries', `${client}: ${[...entriesOf(client)].toSorted().join() || 'none'}`);
          });
          time.after(ms, () => resolve([]));
        }),
      servers: () => Promise.resolve([]),
      diff: () => Promise.resolve([]),
      restore: () => Promise.resolve([]),
    };
  }
}

function apply(entries: Set<string>, edits: readonly ClientEdit[]): void {
  for (const edit of edits) {
    if ('write' in edit) entries.add(edit.write.name);
    else if ('remove' in edit) entries.delete(edit.remove);
  }
}
