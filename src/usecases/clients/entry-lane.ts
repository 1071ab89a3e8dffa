import { entryStates } from '../../core/clients/entry-states.ts';
import { type EntryPlan, planEntries } from '../../core/clients/plan-entries.ts';
import {
  cutOff,
  edited,
  givenUp,
  looked,
  noRefresh,
  noticesWithin,
  type RefreshState,
  resumed,
  workloadChanged,
} from '../../core/clients/refresh.ts';
import type { Registration } from '../../core/clients/registration.ts';
import type { WorkloadFacts } from '../../core/clients/workload-facts.ts';
import { asHoldfastError, type HoldfastError } from '../../core/errors/holdfast-error.ts';
import type { ClientConfig, ClientEdit, EntryState, KnownClient } from '../../core/ports/client-config.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { EventLog } from '../../core/ports/event-log.ts';
import type { Log } from '../../core/ports/log.ts';
import type { EntryMaker } from './entry-maker.ts';

/** A file that kept changing is tried again after this, ms. */
const BUSY_RETRY_MS = 500;
/** Whoever had read the file before our write may overwrite it within this: looked at again after each, ms. */
const LOOK_AGAIN_MS = [2_000, 11_000] as const;

export interface LanePorts {
  readonly config: ClientConfig;
  readonly clock: Clock;
  readonly log: Log;
  readonly events: Pick<EventLog, 'append'>;
  readonly entryFor: EntryMaker;
  /** The newest registration of the client; null once it was removed. */
  readonly registration: (client: string) => Registration | null;
  /** What is known of all workloads now. */
  readonly workloads: () => Iterable<WorkloadFacts>;
}

/** Keeps the files of one registered client as they should be: looks, plans, edits, and looks again whenever something changed meanwhile. */
export class EntryLane {
  readonly client: KnownClient;
  /** Why its files cannot be edited; null when all is well. */
  problem: HoldfastError | null = null;
  readonly #ports: LanePorts;
  readonly #timers = new Map<string, () => void>();
  /** What each entry was last known to lead to. */
  readonly #leadsTo = new Map<string, string>();
  /** Workloads that were removed since the last edit: what is kept for their entries is forgotten. */
  readonly #gone = new Set<string>();
  #refresh: RefreshState = noRefresh;
  #isFirst: boolean;
  #stale = false;
  #closed = false;
  #running: Promise<void> | null = null;
  #fingerprint = '';

  /** @param resumes an earlier Holdfast may have left something unfinished */
  constructor(client: KnownClient, ports: LanePorts, resumes: boolean) {
    this.client = client;
    this.#ports = ports;
    this.#isFirst = resumes;
  }

  /** What is being done; null when nothing is. Never rejects. */
  get running(): Promise<void> | null {
    return this.#running;
  }

  /** Looks at the files soon, and does what is to be done. */
  look(): void {
    if (this.#closed) return;
    this.#stale = true;
    this.#running ??= this.#run();
  }

  workloadChanged(before: WorkloadFacts | null, after: WorkloadFacts | null): void {
    if (before && !after) this.#gone.add(before.name);
    const registration = this.#ports.registration(this.client.id);
    if (registration) this.#refresh = workloadChanged(this.#refresh, { before, after }, this.client, registration);
    this.look();
  }

  cutOff(workload: WorkloadFacts): void {
    const registration = this.#ports.registration(this.client.id);
    if (!registration) return;
    const next = cutOff(this.#refresh, workload, this.client, registration, this.#ports.clock.monotonic());
    if (next === this.#refresh) return;
    this.#refresh = next;
    this.look();
  }

  /** Whether the entry of a workload is still to be taken out for a moment. */
  isTakingOut(workload: string): boolean {
    return this.#refresh.refreshes.get(workload)?.outSince === null;
  }

  /** Cheap while nobody touched the files. */
  async check(): Promise<void> {
    if (this.#closed || this.#running) return;
    const now = await this.#ports.config.fingerprint(this.client.id);
    if (this.problem !== null || now !== this.#fingerprint) this.look();
  }

  /** No more edits. Resolves when the one under way is done. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const cancel of this.#timers.values()) cancel();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#stale && !this.#closed) {
      this.#stale = false;
      try {
        await this.#once();
      } catch (thrown) {
        this.#failed(asHoldfastError(thrown));
      }
    }
    this.#running = null;
  }

  async #once(): Promise<void> {
    const { config, clock, registration: find, workloads } = this.#ports;
    const states = entryStates(await config.status(this.client.id));
    // From here to the edit nothing waits: what is removed meanwhile is removed after it.
    const registration = find(this.client.id);
    if (registration === null) return;
    const now = clock.monotonic();
    if (this.#isFirst) this.#refresh = resumed(workloads(), states, now);
    this.#isFirst = false;
    this.#refresh = looked(this.#refresh, states, now);
    const noticesWithinMs = noticesWithin(this.client);
    const plan = planEntries({ registration, workloads: workloads(), states, refreshes: this.#refresh.refreshes, noticesWithinMs, now });
    if (plan.wakeAt !== null) this.#after('wake', plan.wakeAt - now, () => this.look());
    await this.#edit(plan, states, registration);
    this.#fingerprint = await config.fingerprint(this.client.id);
  }

  async #edit(plan: EntryPlan, states: ReadonlyMap<string, EntryState>, registration: Registration): Promise<void> {
    const { config, clock, entryFor, workloads } = this.#ports;
    const address = ({ url }: WorkloadFacts): string => `${registration.key} ${url ?? ''}`;
    const due = plan.write.filter(
      (workload) => states.get(workload.name) !== 'written' || this.#leadsTo.get(workload.name) !== address(workload),
    );
    for (const { name } of due.filter((workload) => states.get(workload.name) === 'lost'))
      this.#tell('client.entry-lost', name, 'was overwritten');
    const writes = due.map(({ name, url }): ClientEdit => ({ write: entryFor(name, url ?? '', registration) }));
    const present = new Set(Array.from(workloads(), ({ name }) => name));
    const gone = [...this.#gone].filter((name) => !present.has(name) && !plan.remove.includes(name));
    const removals = plan.remove.map((name): ClientEdit => ({ remove: name, comesBack: !plan.forget.includes(name) }));
    const edits = [...removals, ...gone.map((name): ClientEdit => ({ remove: name })), ...writes];
    this.#gone.clear();
    if (edits.length > 0) await config.edit(this.client.id, edits, false);
    this.#refresh = edited(this.#refresh, { written: plan.write.map(({ name }) => name), removed: plan.remove }, clock.monotonic());
    this.problem = null;
    for (const name of plan.remove) this.#leadsTo.delete(name);
    for (const workload of due) this.#leadsTo.set(workload.name, address(workload));
    for (const name of plan.remove)
      this.#tell('client.entry-removed', name, this.#refresh.refreshes.has(name) ? 'is taken out for a moment' : 'is gone');
    for (const { name } of due) if (states.get(name) !== 'written') this.#tell('client.entry-written', name, 'is written');
    if (edits.length > 0) for (const ms of LOOK_AGAIN_MS) this.#after(`again ${ms}`, ms, () => this.checkSoon());
    // A refresh that was just taken out comes back after its time, if the workload is there by then.
    if (plan.remove.some((name) => this.#refresh.refreshes.has(name))) this.look();
  }

  /** The same, in the background. */
  checkSoon(): void {
    this.check().catch((error: unknown) => this.#failed(asHoldfastError(error)));
  }

  #failed(error: HoldfastError): void {
    const { log, events } = this.#ports;
    const client = this.client.id;
    if (error.code === 'HF_CLIENT_FILE_BUSY') this.#after('busy', BUSY_RETRY_MS, () => this.look());
    else this.#refresh = givenUp(this.#refresh);
    if (this.problem?.message === error.message) return;
    this.problem = error;
    log.warn('the file of a client cannot be edited', { client, code: error.code, error: error.message });
    events.append({
      type: 'client.failed',
      workload: null,
      message: `${this.client.name}: ${error.message}`,
      data: { client, code: error.code },
    });
  }

  #tell(type: string, workload: string, what: string): void {
    const { log, events } = this.#ports;
    const client = this.client.id;
    const message = `the entry of ${this.client.name} ${what}`;
    log.info(message, { event: type, workload, client });
    events.append({ type, workload, message, data: { client } });
  }

  #after(what: string, ms: number, callback: () => void): void {
    this.#timers.get(what)?.();
    const cancel = this.#ports.clock.after(Math.max(1, Math.ceil(ms)), () => {
      this.#timers.delete(what);
      callback();
    });
    this.#timers.set(what, cancel);
  }
}
