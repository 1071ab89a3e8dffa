import type { StateStore, StoredWorkload } from '../src/core/ports/state-store.ts';
import type { WorkloadSpec } from '../src/core/workload/spec.ts';
import type { WorkloadStatus } from '../src/core/workload/status.ts';

/** State on a disk that exists only here. `onWrite` may reject (a full disk) or take its time. */
export class MemoryStore implements StateStore {
  readonly workloads = new Map<string, { spec: WorkloadSpec; status: WorkloadStatus | null }>();
  writes = 0;
  #epoch = 0;
  onWrite: (what: 'spec' | 'status' | 'remove', name: string) => Promise<void> = () => Promise.resolve();

  load(): Promise<{ workloads: StoredWorkload[]; setAside: [] }> {
    return Promise.resolve({ workloads: [...this.workloads.values()].map((stored) => structuredClone(stored)), setAside: [] });
  }

  saveSpec(spec: WorkloadSpec): Promise<void> {
    return this.#write('spec', spec.name, () => {
      const status = this.workloads.get(spec.name)?.status ?? null;
      this.workloads.set(spec.name, structuredClone({ spec, status: status?.specId === spec.id ? status : null }));
    });
  }

  saveStatus(name: string, status: WorkloadStatus): Promise<void> {
    return this.#write('status', name, () => {
      const stored = this.workloads.get(name);
      if (stored?.spec.id === status.specId) stored.status = structuredClone(status);
    });
  }

  remove(name: string, id: string): Promise<void> {
    return this.#write('remove', name, () => {
      if (this.workloads.get(name)?.spec.id === id) this.workloads.delete(name);
    });
  }

  /** The daemon dies: what it was writing never reaches the disk. */
  loseWrites(): void {
    this.#epoch += 1;
  }

  async #write(what: 'spec' | 'status' | 'remove', name: string, apply: () => void): Promise<void> {
    const epoch = this.#epoch;
    await this.onWrite(what, name);
    if (epoch !== this.#epoch) return;
    this.writes += 1;
    apply();
  }
}
