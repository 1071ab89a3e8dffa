import { factsOf, type WorkloadFacts } from '../../core/clients/workload-facts.ts';
import type { Workloads, WorkloadView } from '../../core/ports/workloads.ts';
import { EntryLane, type LanePorts } from './entry-lane.ts';
import type { ClientRegistry } from './registry.ts';

/** How often the files are looked at although nothing happened, ms. */
const CHECK_MS = 30_000;

export interface KeeperPorts extends Omit<LanePorts, 'registration' | 'workloads'> {
  readonly registry: ClientRegistry;
  readonly workloads: Pick<Workloads, 'list' | 'watch'>;
}

/** Keeps the entries of all registered clients as the state of the workloads asks for. One client never waits for another. */
export class EntryKeeper {
  readonly #ports: KeeperPorts;
  readonly #lanes = new Map<string, EntryLane>();
  readonly #facts = new Map<string, WorkloadFacts>();
  #unwatch: () => void = () => undefined;
  #stopChecks: () => void = () => undefined;

  constructor(ports: KeeperPorts) {
    this.#ports = ports;
  }

  /** Takes up what an earlier Holdfast left. */
  start(): void {
    const { workloads, registry } = this.#ports;
    for (const view of workloads.list()) this.#facts.set(view.spec.name, factsOf(view));
    this.#unwatch = workloads.watch((name, view) => this.#changed(name, view));
    for (const { client } of registry.list()) this.#lane(client, true)?.look();
    this.#checkLater();
  }

  /** No more edits: what becomes of the workloads from now on is no reason to touch a file. */
  async stop(): Promise<void> {
    this.#unwatch();
    this.#stopChecks();
    await Promise.all([...this.#lanes.values()].map((lane) => lane.close()));
  }

  /** A registration was made, changed or ended. */
  registrationChanged(client: string): void {
    if (this.#ports.registry.find(client) !== null) return this.#lane(client, false)?.look();
    void this.#lanes.get(client)?.close();
    this.#lanes.delete(client);
  }

  /** The gateway listens: URLs are known, or are others. */
  addressesChanged(): void {
    for (const view of this.#ports.workloads.list()) this.#changed(view.spec.name, view);
  }

  /** @param key of the URL that was used; null = keyless, so nobody knows whose it is */
  cutOff(workload: string, key: string | null): void {
    const registration = key === null ? null : this.#ports.registry.byKey(key);
    const facts = this.#facts.get(workload);
    if (registration && facts) this.#lanes.get(registration.client)?.cutOff(facts);
  }

  /** Resolves when the entries that a restart has to wait for are out; null when there are none. */
  beforeRestart(workload: string): Promise<void> | null {
    const outgoing = [...this.#lanes.values()].flatMap((lane) =>
      lane.running !== null && lane.isTakingOut(workload) ? [lane.running] : [],
    );
    return outgoing.length === 0 ? null : all(outgoing);
  }

  /** Resolves when everything that is to be done now was tried. */
  async settled(): Promise<void> {
    for (let busy = this.#busy(); busy.length > 0; busy = this.#busy()) await Promise.all(busy);
  }

  /** What cannot be edited, one sentence a client. */
  problems(): string[] {
    return [...this.#lanes.values()].flatMap(({ client, problem }) => (problem === null ? [] : [`${client.name}: ${problem.message}`]));
  }

  #busy(): Promise<void>[] {
    return [...this.#lanes.values()].flatMap(({ running }) => (running === null ? [] : [running]));
  }

  #changed(name: string, view: WorkloadView | null): void {
    const before = this.#facts.get(name) ?? null;
    const after = view === null ? null : factsOf(view);
    if (JSON.stringify(before) === JSON.stringify(after)) return;
    if (after === null) this.#facts.delete(name);
    else this.#facts.set(name, after);
    for (const lane of this.#lanes.values()) lane.workloadChanged(before, after);
  }

  #lane(client: string, resumes: boolean): EntryLane | null {
    const present = this.#lanes.get(client);
    if (present) return present;
    const known = this.#ports.config.known().find(({ id }) => id === client);
    // Registered by a later version that knew it.
    if (known === undefined || !known.editable) return null;
    const registration = (id: string): ReturnType<ClientRegistry['find']> => this.#ports.registry.find(id);
    const lane = new EntryLane(known, { ...this.#ports, registration, workloads: () => this.#facts.values() }, resumes);
    this.#lanes.set(client, lane);
    return lane;
  }

  #checkLater(): void {
    this.#stopChecks = this.#ports.clock.after(CHECK_MS, () => {
      for (const lane of this.#lanes.values()) lane.checkSoon();
      this.#checkLater();
    });
  }
}

async function all(promises: readonly Promise<void>[]): Promise<void> {
  await Promise.all(promises);
}
