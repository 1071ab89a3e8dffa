import type { StateStore, StoredWorkload } from '../src/core/ports/state-store.ts';
import type { WorkloadSpec } from '../src/core/workload/spec.ts';
import type { WorkloadStatus } from '../src/core/workload/status.ts';

/** State on a disk that exists only here. `onWrite` may reject (a full disk) or take its time. */
export class MemoryStore implements StateStore {
  readonly workloads = new Map<string, { spec: WorkloadSpec; status: WorkloadStatus | null }>();
  writes = 0;
  onWrite: (what: 'spec' | 'status' | 'remove', name: string) => Promise<void> = () => Promise.resolve();

  load(): Promise<{ workloads: StoredWorkload[]; setAside: [] }> {
    return Promise.resolve({ workloads: [...this.workloads.values()].map((stored) => structuredClone(stored)), setAside: [] });
  }

  async saveSpec(spec: WorkloadSpec): Promise<void> {
    await this.onWrite('spec', spec.name);
    this.writes += 1;
    const status = this.workloads.get(spec.name)?.status ?? null;
    this.workloads.set(spec.name, structuredClone({ spec, status: status?.specId === spec.id ? status : null }));
  }

  async saveStatus(name: string, status: WorkloadStatus): Promise<void> {
    await this.onWrite('status', name);
    const stored = this.workloads.get(name);
    if (stored?.spec.id !== status.specId) return;
    this.writes += 1;
    stored.status = structuredClone(status);
  }

  async remove(name: string, id: string): Promise<void> {
    await this.onWrite('remove', name);
    if (this.workloads.get(name)?.spec.id === id) this.workloads.delete(name);
  }
}
