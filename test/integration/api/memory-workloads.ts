import { HoldfastError } from '../../../src/core/errors/holdfast-error.ts';
import type { Progress } from '../../../src/core/ports/progress.ts';
import type { Workloads, WorkloadView } from '../../../src/core/ports/workloads.ts';
import type { WorkloadSpec } from '../../../src/core/workload/spec.ts';
import type { WorkloadStatus } from '../../../src/core/workload/status.ts';

/** Workloads that start at once and run nothing: what the API and the command line are tested with. */
export interface MemoryWorkloads extends Workloads {
  /** What was asked, e.g. `update memory restart`. */
  readonly calls: readonly string[];
  /** Lets one status be as a test needs it. */
  set(name: string, status: Partial<WorkloadStatus>): void;
  /** Until it is called, `create` waits. */
  holdCreate(): () => void;
}

export function createMemoryWorkloads(): MemoryWorkloads {
  const views = new Map<string, WorkloadView>();
  const watchers = new Set<(name: string, view: WorkloadView | null) => void>();
  const calls: string[] = [];
  let gate: Promise<void> = Promise.resolve();

  const put = (spec: WorkloadSpec, status: WorkloadStatus): WorkloadView => {
    const view = { spec, status, url: `http://127.0.0.1:7420/${spec.name}/mcp`, port: 7420 };
    views.set(spec.name, view);
    for (const tell of watchers) tell(spec.name, view);
    return view;
  };
  const get = (name: string): WorkloadView => {
    const view = views.get(name);
    if (view === undefined) throw new HoldfastError('HF_WORKLOAD_UNKNOWN', { what: `There is no workload ${JSON.stringify(name)}` });
    return view;
  };
  const change = (name: string, desired: WorkloadSpec['desired'], lifecycle: WorkloadStatus['lifecycle']): WorkloadView => {
    const { spec, status } = get(name);
    return put({ ...spec, desired }, { ...status, lifecycle, generation: status.generation + (lifecycle === 'running' ? 1 : 0) });
  };

  return {
    calls,
    list: () => [...views.values()].toSorted((a, b) => (a.spec.name < b.spec.name ? -1 : 1)),
    find: (name) => views.get(name) ?? null,
    get,
    async create(spec, progress) {
      calls.push(`create ${spec.name}`);
      if (views.has(spec.name)) throw new HoldfastError('HF_NAME_TAKEN', { what: `${spec.name} is taken` });
      progress({ step: 'start', message: `Starting ${spec.name}` });
      await gate;
      if (spec.source === 'cmd://breaks')
        throw new HoldfastError('HF_START_FAILED', { what: 'It ended', why: 'exit 1', data: { lastLines: ['boom'] } });
      return put(spec, freshStatus(spec.id));
    },
    async update(name, spec, restart, progress) {
      calls.push(`update ${name} ${restart ? 'restart' : 'leave'}`);
      if (restart) progress({ step: 'start', message: `Starting ${name}` });
      return put(spec, get(name).status);
    },
    async start(name, progress: Progress) {
      progress({ step: 'start', message: `Starting ${name}` });
      return change(name, 'running', 'running');
    },
    async stop(name, _progress, graceMs) {
      calls.push(`stop ${name} ${graceMs ?? 'default'}`);
      return change(name, 'stopped', 'stopped');
    },
    async restart(name) {
      calls.push(`restart ${name}`);
      return change(name, 'running', 'running');
    },
    async remove(name) {
      calls.push(`remove ${name}`);
      get(name);
      views.delete(name);
      for (const tell of watchers) tell(name, null);
    },
    watch(callback) {
      watchers.add(callback);
      return () => watchers.delete(callback);
    },
    set(name, status) {
      const view = get(name);
      put(view.spec, { ...view.status, ...status });
    },
    holdCreate() {
      let open = (): void => {};
      gate = new Promise((resolve) => (open = resolve));
      return () => open();
    },
  };
}

export function freshStatus(specId: string): WorkloadStatus {
  return {
    schema: 1,
    specId,
    lifecycle: 'running',
    health: 'healthy',
    reason: null,
    generation: 1,
    backend: {
      incarnation: { runtime: 'process', bootId: 'boot', pid: 4711, startTime: '1' },
      generation: 1,
      url: null,
      startedAt: 1_000,
      readyAt: 2_000,
      handshake: null,
    },
    everReady: true,
    ladder: { attempts: 0, step: 0, immediates: [], nextStartAt: null },
    restarts: 0,
    lastExit: null,
    failedBoot: null,
    updatedAt: 2_000,
  };
}
