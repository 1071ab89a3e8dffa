import { asHoldfastError, type HoldfastError } from '../core/errors/holdfast-error.ts';
import type { Clock, Random } from '../core/ports/clock.ts';
import type { EventLog } from '../core/ports/event-log.ts';
import type { Gateway, ServingState } from '../core/ports/gateway.ts';
import type { Log } from '../core/ports/log.ts';
import type { Runtime, Runtimes } from '../core/ports/runtime.ts';
import type { StateStore } from '../core/ports/state-store.ts';
import type { WorkloadView } from '../core/ports/workloads.ts';
import type { Entry } from '../core/supervisor/chronicle.ts';
import type { UnitEvent } from '../core/supervisor/event.ts';
import type { UnitState } from '../core/supervisor/unit.ts';
import type { WorkloadSpec } from '../core/workload/spec.ts';
import type { WorkloadStatus } from '../core/workload/status.ts';
import { Operations } from './operations/waiting.ts';
import { overview } from './overview.ts';
import { Records } from './records.ts';
import { type SessionsHost, SessionUnits } from './session-units.ts';
import type { StartLane } from './start-lane.ts';
import { UnitLoop } from './unit-loop.ts';

/** Everything that control is given from outside. */
export interface ControlPorts {
  readonly runtimes: Runtimes;
  readonly gateway: Gateway;
  readonly store: StateStore;
  readonly events: EventLog;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: Random;
  /** Identifies this boot of the machine. */
  readonly bootId: string;
  /** What has to be done outside before a server is started again (entries of AI clients are taken out); null = nothing. */
  readonly beforeRestart?: (workload: string) => Promise<void> | null;
}

/** One workload under supervision, for as long as its id is known. Once it is not `live` nothing that it does has any effect. */
export class WorkloadLoop implements SessionsHost {
  readonly clock: Clock;
  readonly random: Random;
  readonly bootId: string;
  readonly log: Log;
  readonly lane: StartLane;
  readonly gateway: Gateway;
  readonly living = new Set<number>();
  readonly operations: Operations;
  readonly records: Records;
  /** The shared backend; under `--sessions isolated` the trial run. */
  readonly main: UnitLoop;
  readonly sessions: SessionUnits;
  generation: number;
  live = true;
  /** Its first start failed: what was made for it is of no use to anybody. */
  neverReady = false;
  /** What it does is neither written nor served any more: the daemon is stopping. */
  suspended = false;
  readonly #ports: ControlPorts;
  readonly #onChange: () => void;
  #spec: WorkloadSpec;
  #status: WorkloadStatus;
  #open: Promise<unknown> = Promise.resolve();
  /** Why clients cannot reach it where they should; null when they can. */
  #unserved: HoldfastError | null = null;
  #removing = false;
  readonly #unwatch: () => void;

  /** @param onChange called when the view is another one */
  constructor(ports: ControlPorts, lane: StartLane, spec: WorkloadSpec, state: UnitState, generation: number, onChange: () => void) {
    this.#ports = ports;
    this.#onChange = onChange;
    this.clock = ports.clock;
    this.random = ports.random;
    this.bootId = ports.bootId;
    this.log = ports.log.child({ workload: spec.name });
    this.lane = lane;
    this.gateway = ports.gateway;
    this.generation = generation;
    this.#spec = spec;
    this.operations = new Operations(spec.name);
    this.records = new Records(ports.store, ports.clock, this.log, () => this.refresh());
    this.main = new UnitLoop(this, null, state);
    this.sessions = new SessionUnits(this);
    this.#status = this.#overview();
    this.#unwatch = this.#watch();
  }

  get spec(): WorkloadSpec {
    return this.#spec;
  }

  get status(): WorkloadStatus {
    return this.#status;
  }

  get runtime(): Runtime {
    return this.#ports.runtimes.of(this.#spec);
  }

  get isolated(): boolean {
    return this.#spec.sessions === 'isolated';
  }

  /** It is being removed: it takes no other order. */
  get removing(): boolean {
    return this.#removing;
  }

  /** Why something of it cannot be ended or removed; that is tried again all the same. */
  get stuck(): HoldfastError | null {
    return [this.main.state, ...this.sessions.states()].find((unit) => unit.stuck !== null)?.stuck ?? null;
  }

  view(): WorkloadView {
    const url = this.gateway.url(this.#spec.name);
    return { spec: this.#spec, status: this.#status, url, port: url === null ? null : portOf(url) };
  }

  /** Opens the gateway for it; a removal waits for that. @throws HF_PORT_TAKEN */
  async open(): Promise<void> {
    const opening = this.gateway.open(this.#spec);
    // Whoever waits for it to end does not care how it ended.
    this.#open = opening.catch(() => undefined);
    const url = await opening.catch((error: unknown) => {
      this.#unserved = asHoldfastError(error);
      this.refresh();
      throw this.#unserved;
    });
    if (this.#unserved) {
      this.#unserved = null;
      this.refresh();
    }
    if (this.#spec.proxyPort !== 0) return;
    // Clients have the port in their configuration: it must be the same the next time.
    this.#spec = { ...this.#spec, proxyPort: portOf(url) ?? 0 };
    await this.records.saveSpec(this.#spec);
  }

  /** Takes another spec of the same id. */
  replaceSpec(spec: WorkloadSpec): void {
    this.#spec = spec;
    this.refresh();
  }

  /** Ends everything, then forgets it, however long that takes. Nothing takes this back. */
  beginRemoval(graceMs: number | null): void {
    this.#removing = true;
    this.sessions.releaseAll(graceMs);
    // Asked once more: what stuck is tried at once.
    if (this.main.state.want === 'gone') this.main.post({ kind: 'remove-asked', graceMs });
    else this.main.post({ kind: 'stop-asked', graceMs });
    this.#goOnRemoving();
  }

  record(entry: Entry): void {
    this.#ports.events.append(entry);
  }

  changed(unit: UnitLoop, entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.record(entry);
      this.log.info(entry.message, { event: entry.type, ...entry.data });
    }
    this.sessions.settle(unit);
    this.#goOnRemoving();
    this.refresh();
  }

  /** Makes the status anew, keeps and shows it. */
  refresh(): void {
    if (!this.live) return;
    this.#status = this.#overview();
    if (!this.suspended) this.records.saveStatus(this.#status, this.#spec.name);
    this.operations.changed();
    this.#onChange();
  }

  serve(unit: string | null, serving: ServingState): void {
    if (!this.live || this.suspended) return;
    if (unit === null && this.isolated) this.sessions.serveWorkload();
    else this.gateway.state(this.#spec.name, unit, serving);
  }

  beforeRestart(): Promise<void> | null {
    return this.#ports.beforeRestart?.(this.#spec.name) ?? null;
  }

  async forget(): Promise<void> {
    const spec = this.#spec;
    await this.runtime.sweep(spec, null);
    await this.runtime.forget(spec, this.neverReady);
    await this.#open;
    await this.gateway.close(spec.name);
    await this.records.remove(spec.name, spec.id);
  }

  /** Ends its effects for good. */
  end(): void {
    this.live = false;
    this.#unwatch();
    this.records.close();
    this.main.silence();
    this.sessions.silence();
  }

  /** Hears what happens to its backends from outside. What somebody removes of a session is made anew like after any exit. */
  #watch(): () => void {
    const unitOf = (unit: string | null): UnitLoop | null => (unit === null ? this.main : this.sessions.find(unit));
    const stop = this.runtime.watch?.(this.#spec, {
      appeared: (unit) => unitOf(unit)?.post({ kind: 'appeared' }),
      removed: (unit) => {
        if (unit === null) this.main.post({ kind: 'removed' });
      },
      lost: (since) => this.#postAll({ kind: 'engine-lost', since }),
      back: (since) => this.#postAll({ kind: 'engine-back', since }),
    });
    return stop ?? (() => undefined);
  }

  #postAll(event: UnitEvent): void {
    for (const unit of [this.main, ...this.sessions.loops()]) unit.post(event);
  }

  /** What is kept for the workload goes when its last session has ended. */
  #goOnRemoving(): void {
    const { want, graceMs } = this.main.state;
    if (this.#removing && this.sessions.idle && want !== 'gone') this.main.post({ kind: 'remove-asked', graceMs });
  }

  #overview(): WorkloadStatus {
    const facts = { generation: this.generation, now: this.clock.now(), trouble: this.records.trouble ?? this.#unserved };
    return overview(this.#spec, this.main.state, this.sessions.states(), this.sessions.retired, facts);
  }
}

function portOf(url: string): number | null {
  const port = /^https?:\/\/[^/]*:(\d+)(?:\/|$)/.exec(url)?.[1];
  return port === undefined ? null : Number(port);
}
