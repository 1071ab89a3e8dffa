import { HoldfastError } from '../../src/core/errors/holdfast-error.ts';
import type { SessionJournal, StateStore, StoredWorkload } from '../../src/core/ports/state-store.ts';
import type { SessionRecord } from '../../src/core/session/record.ts';
import type { WorkloadSpec } from '../../src/core/workload/spec.ts';
import type { WorkloadStatus } from '../../src/core/workload/status.ts';
import type { Lifeline } from '../daemon/lifeline.ts';
import type { Random } from '../time/random.ts';
import type { World } from '../world.ts';

interface Write {
  readonly apply: () => void;
  readonly done: () => void;
}

/**
 * What survives a daemon. Writes to one file follow one another and take time; what was acknowledged stays. At a death some of the writes
 * that are under way were made, in order, and the next one is torn, which is the same as never made.
 */
export class Disk {
  readonly workloads = new Map<string, { spec: WorkloadSpec; status: WorkloadStatus | null }>();
  readonly sessions = new Map<string, SessionRecord>();
  /** Sessions whose newest record could not be written: they need not outlive the daemon. */
  readonly unsaved = new Set<string>();
  /** Sessions of which a daemon could not write its last word before it died. */
  readonly outdated = new Set<string>();
  fullUntil = 0;
  /** A state could not be written, at some time: what a later daemon knows of generations may be old. */
  stateBlocked = false;
  readonly #world: World;
  readonly #random: Random;
  readonly #queues = new Map<string, Write[]>();

  constructor(world: World) {
    this.#world = world;
    this.#random = world.random.fork('disk');
  }

  store(lifeline: Lifeline): StateStore {
    const { workloads } = this;
    return {
      load: () => {
        const stored: StoredWorkload[] = [...workloads.values()].map((entry) => structuredClone(entry));
        return Promise.resolve({ workloads: stored, setAside: [] });
      },
      saveSpec: (spec) =>
        this.#write(lifeline, `state ${spec.name}`, true, () => {
          const status = workloads.get(spec.name)?.status ?? null;
          workloads.set(spec.name, { spec: structuredClone(spec), status: status?.specId === spec.id ? status : null });
        }),
      saveStatus: (name, status) => {
        const copy = structuredClone(status);
        return this.#write(lifeline, `state ${name}`, true, () => {
          const stored = workloads.get(name);
          if (stored?.spec.id === status.specId) stored.status = copy;
        });
      },
      remove: (name, id) =>
        this.#write(lifeline, `state ${name}`, false, () => {
          if (workloads.get(name)?.spec.id === id) workloads.delete(name);
        }),
    };
  }

  journal(lifeline: Lifeline): SessionJournal {
    const { sessions, unsaved } = this;
    return {
      load: () => Promise.resolve([...sessions.values()]),
      put: (record) =>
        this.#write(
          lifeline,
          'journal',
          true,
          () => {
            sessions.set(record.id, record);
            unsaved.delete(record.id);
          },
          () => unsaved.add(record.id),
        ),
      delete: (_workloadId, id) => this.#write(lifeline, 'journal', true, () => sessions.delete(id)),
      deleteWorkload: (workloadId) =>
        this.#write(lifeline, 'journal', true, () => {
          for (const [id, record] of sessions) if (record.workloadId === workloadId) sessions.delete(id);
        }),
    };
  }

  /** Called when a daemon dies. */
  settleAfterDeath(): void {
    for (const id of this.unsaved) this.outdated.add(id);
    for (const queue of this.#queues.values()) {
      const made = this.#random.int(0, queue.length);
      for (const write of queue.slice(0, made)) write.apply();
    }
    this.#queues.clear();
  }

  #write(lifeline: Lifeline, file: string, needsRoom: boolean, apply: () => void, lost: () => void = () => undefined): Promise<void> {
    return lifeline.promise((done, failed) => {
      if (!lifeline.act()) return;
      const { time } = this.#world;
      if (needsRoom && time.monotonic() < this.fullUntil) {
        lost();
        if (file !== 'journal') this.stateBlocked = true;
        time.after(0.2, () => failed(new HoldfastError('HF_STATE_WRITE', { what: 'No space left on the device' })));
        return;
      }
      const queue = this.#queues.get(file) ?? [];
      this.#queues.set(file, queue);
      queue.push({ apply, done });
      if (queue.length === 1) this.#next(lifeline, file, queue);
    });
  }

  #next(lifeline: Lifeline, file: string, queue: Write[]): void {
    const ms = this.#random.chance(0.05) ? this.#random.between(5, 100) : this.#random.between(0.1, 2);
    this.#world.time.after(ms, () => {
      if (lifeline.dead) return;
      // One write takes all that waits, as a group.
      const group = queue.splice(0);
      for (const write of group) write.apply();
      for (const write of group) write.done();
      if (queue.length > 0) this.#next(lifeline, file, queue);
      else if (this.#queues.get(file) === queue) this.#queues.delete(file);
    });
  }
}
