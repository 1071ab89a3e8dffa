import type { WorkloadNews } from '../../../core/ports/runtime.ts';
import type { ContainerSummary } from '../client/containers/container-state.ts';
import type { EngineEvent } from '../client/events/engine-events.ts';
import type { EngineSite } from '../container/engine-site.ts';
import { inspectOwn } from '../container/inspect-own.ts';
import type { KnownContainer } from '../container/known-containers.ts';

/** Events that somebody else's stop, kill or restart begins with; Podman says neither. */
const DEADLY: ReadonlySet<number> = new Set([2, 3, 9, 15]);
/** Containers that are looked at together after an outage. */
const AT_ONCE = 4;

/** Passes what the engine tells on to whom it concerns: the run of a container while there is one, else whoever watches the workload. */
export class NewsDesk {
  readonly #watchers = new Map<string, Set<WorkloadNews>>();
  readonly #site: () => EngineSite;

  /** @param site known only after this */
  constructor(site: () => EngineSite) {
    this.#site = site;
  }

  watch(workloadId: string, news: WorkloadNews): () => void {
    const watchers = this.#watchers.get(workloadId) ?? new Set();
    this.#watchers.set(workloadId, watchers.add(news));
    return () => {
      watchers.delete(news);
      if (watchers.size === 0) this.#watchers.delete(workloadId);
    };
  }

  get idle(): boolean {
    return this.#watchers.size === 0;
  }

  event({ action, id, exitCode, signal }: EngineEvent): void {
    const site = this.#site();
    if (action === 'destroy' && site.known.left(id)) return;
    const known = site.known.byId(id);
    if (!known) return;
    const { run } = known;
    if (action === 'die' || action === 'destroy') known.toldAt = site.clock.monotonic();
    if (action === 'die') {
      known.endedAt = site.clock.monotonic();
      run?.died(exitCode);
    } else if (action === 'kill') {
      if (signal === null || DEADLY.has(signal)) run?.killed();
    } else if (action === 'pause' || action === 'unpause') run?.setPaused(action === 'pause');
    else if (action === 'start' || action === 'destroy') {
      if (run) void run.examine();
      else if (!known.busy) void this.#lookAt(known);
    }
  }

  /** Compares what is there with what is known. */
  async listed(containers: readonly ContainerSummary[], connected: boolean): Promise<void> {
    const site = this.#site();
    if (connected) site.facts.forget();
    const summaries = new Map(containers.map((summary) => [summary.id, summary]));
    const waiting = site.known.all();
    const work = async (): Promise<void> => {
      for (let known = waiting.shift(); known; known = waiting.shift())
        await this.#compare(known, summaries.get(known.containerId), connected);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }

  lost(): void {
    const { known, watch } = this.#site();
    for (const { run } of known.all()) run?.showCondition();
    const { since } = watch.outages;
    if (since !== null) this.#tell(null, (news) => news.lost(since));
  }

  back(since: number): void {
    for (const { run } of this.#site().known.all()) run?.showCondition();
    this.#tell(null, (news) => news.back(since));
  }

  async #compare(known: KnownContainer, summary: ContainerSummary | undefined, connected: boolean): Promise<void> {
    if (known.busy) return;
    // Another engine has come up at the address: what it does not have is not gone.
    if (connected) {
      const elsewhere = await this.#site().facts.elsewhere(known);
      known.run?.setElsewhere(elsewhere);
      if (elsewhere !== null) return;
    }
    if (known.run) await known.run.listed(summary, connected);
    else if (!summary || summary.status === 'running') await this.#lookAt(known);
  }

  /** Something was said of a container that Holdfast does not run: is it gone, or does it run again? */
  async #lookAt(known: KnownContainer): Promise<void> {
    const site = this.#site();
    const state = await inspectOwn(site, known).catch((error: unknown) => {
      site.log.debug('the engine does not say what became of a container', { workload: known.workload, error: String(error) });
      return undefined;
    });
    if (state === undefined || known.busy || known.run || site.known.byId(known.containerId) !== known) return;
    if (state === null || state.status === 'removing') {
      site.known.forget(known);
      if (site.known.left(known.containerId)) return;
      site.log.info('a container that did not run was removed by somebody else', { workload: known.workload });
      this.#tell(known.workloadId, (news) => news.removed(known.unit));
    } else if (state.running && !state.stopping && state.status !== 'restarting' && state.startedAt !== known.startedAt) {
      site.log.info('somebody else started a container', { workload: known.workload });
      this.appeared(known.workloadId, known.unit);
    }
  }

  appeared(workloadId: string, unit: string | null): void {
    this.#tell(workloadId, (news) => news.appeared(unit));
  }

  #tell(workloadId: string | null, say: (news: WorkloadNews) => void): void {
    const watchers = workloadId === null ? [...this.#watchers.values()] : [this.#watchers.get(workloadId) ?? []];
    for (const set of watchers) for (const news of set) say(news);
  }
}
