import { type Registration, showsGroup } from '../../core/clients/registration.ts';
import type { RegistrationStore } from '../../core/ports/registrations.ts';

/** The registered clients: in memory for whoever asks, on disk before a change counts. */
export class ClientRegistry {
  readonly #store: RegistrationStore;
  readonly #learnt: (registrations: readonly Registration[]) => void;
  readonly #byClient = new Map<string, Registration>();
  readonly #byKey = new Map<string, Registration>();
  #tail: Promise<void> = Promise.resolve();

  /** @param learnt is told of all registrations, before a new one is used */
  constructor(store: RegistrationStore, learnt: (registrations: readonly Registration[]) => void = () => undefined) {
    this.#store = store;
    this.#learnt = learnt;
  }

  /** @throws HF_STATE_NEWER */
  async load(): Promise<void> {
    this.#replace(await this.#store.load());
  }

  /** Sorted by client. */
  list(): readonly Registration[] {
    return [...this.#byClient.values()].toSorted((a, b) => (a.client < b.client ? -1 : 1));
  }

  find(client: string): Registration | null {
    return this.#byClient.get(client) ?? null;
  }

  byKey(key: string): Registration | null {
    return this.#byKey.get(key) ?? null;
  }

  /** Whether whoever has that key may use workloads of that group. */
  opens(key: string, group: string): boolean {
    const registration = this.#byKey.get(key);
    return registration !== undefined && showsGroup(registration, group);
  }

  /** Adds a registration or replaces the client's. @throws HF_STATE_WRITE; nothing has changed then */
  put(registration: Registration): Promise<void> {
    return this.#change((all) => [...all.filter(({ client }) => client !== registration.client), registration]);
  }

  /** A key counts no more from this moment on, whatever the disk says. @throws HF_STATE_WRITE; it may count again after a restart then */
  delete(clients: readonly string[]): Promise<void> {
    for (const client of clients) {
      const registration = this.#byClient.get(client);
      this.#byClient.delete(client);
      if (registration) this.#byKey.delete(registration.key);
    }
    return this.#change((all) => all.filter(({ client }) => !clients.includes(client)));
  }

  #change(change: (all: readonly Registration[]) => readonly Registration[]): Promise<void> {
    const done = this.#after(this.#tail, change);
    // The caller gets the failure; the next change is made all the same.
    this.#tail = done.catch(() => undefined);
    return done;
  }

  async #after(before: Promise<void>, change: (all: readonly Registration[]) => readonly Registration[]): Promise<void> {
    await before;
    const next = change(this.list());
    this.#learnt(next);
    await this.#store.save(next);
    this.#replace(next);
  }

  #replace(registrations: readonly Registration[]): void {
    this.#learnt(registrations);
    this.#byClient.clear();
    this.#byKey.clear();
    for (const registration of registrations) {
      this.#byClient.set(registration.client, registration);
      this.#byKey.set(registration.key, registration);
    }
  }
}
