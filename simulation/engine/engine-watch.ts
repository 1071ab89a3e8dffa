import type { WorkloadNews } from '../../src/core/ports/runtime.ts';
import type { EngineEvent } from './engine-events.ts';
import type { EngineSite } from './engine-site.ts';
import type { Known } from './known-containers.ts';

/** How often everything is looked at, in case that an event was lost, ms. */
const LISTING_MS = 30_000;
const FIRST_BACKOFF_MS = 100;
const LAST_BACKOFF_MS = 5_000;

/** What one daemon hears of an engine: one stream of events, and a look at everything after each connection and every 30 s. */
export class EngineWatch {
  readonly #site: EngineSite;
  readonly #news = new Map<string, Set<WorkloadNews>>();
  #connection = 0;

  constructor(site: EngineSite) {
    this.#site = site;
    site.appeared = (workloadId, unit) => this.#tell(workloadId, (news) => news.appeared(unit));
    this.#connect(FIRST_BACKOFF_MS);
  }

  add(workloadId: string, news: WorkloadNews): () => void {
    const all = this.#news.get(workloadId) ?? new Set();
    this.#news.set(workloadId, all);
    all.add(news);
    return () => all.delete(news);
  }

  #connect(backoffMs: number): void {
    const { engine, lifeline } = this.#site;
    if (lifeline.dead) return;
    if (!engine.up) {
      this.#tellLost();
      this.#after(backoffMs, () => this.#connect(Math.min(LAST_BACKOFF_MS, backoffMs * 2)));
      return;
    }
    this.#connection += 1;
    const connection = this.#connection;
    engine.events.follow({
      event: lifeline.hears((event: EngineEvent) => this.#event(event)),
      broken: lifeline.hears(() => this.#lost()),
    });
    this.#list(connection, true);
  }

  #lost(): void {
    this.#connection += 1;
    for (const { run } of this.#site.known.all()) {
      run?.condition({ kind: 'unreachable', why: 'the engine does not answer' });
      run?.examine();
    }
    this.#tellLost();
    this.#after(FIRST_BACKOFF_MS, () => this.#connect(FIRST_BACKOFF_MS));
  }

  #event(event: EngineEvent): void {
    const known = this.#site.known.by(event.container);
    if (!known) return;
    if (known.run) return known.run.hear(event);
    if (!known.busy) this.#compare(known);
  }

  /** @param first the stream has just been connected: what happened before it was is not told */
  #list(connection: number, first: boolean): void {
    this.#after(first ? 5 : LISTING_MS, () => {
      if (connection !== this.#connection || !this.#site.engine.up) return;
      if (this.#site.world.time.monotonic() < this.#site.awayUntil) return this.#after(1_000, () => this.#list(connection, first));
      const since = this.#site.outageOver();
      for (const known of this.#site.known.all()) {
        if (since !== null) known.run?.condition({ kind: known.container.paused ? 'paused' : 'fine' });
        if (known.run) known.run.examine();
        else if (!known.busy) this.#compare(known);
      }
      if (since !== null) this.#after(20, () => this.#tellBack(since));
      this.#list(connection, false);
    });
  }

  #tellLost(): void {
    this.#site.lostAt ??= this.#site.world.time.now();
    const since = this.#site.lostAt;
    for (const all of this.#news.values()) for (const each of all) each.lost(since);
  }

  #tellBack(since: number): void {
    for (const all of this.#news.values()) for (const each of all) each.back(since);
  }

  /** Something happened to a container that nobody runs now. */
  #compare(known: Known): void {
    const { container, workloadId, unit } = known;
    if (container.status === 'removing') return;
    const { world } = this.#site;
    if (container.status === 'gone') {
      this.#site.known.forget(known);
      if (unit === null) world.containers.removalTold(workloadId);
      this.#tell(workloadId, (news) => news.removed(unit));
    } else if (container.running && container.startedAt !== known.startedAt) {
      this.#site.appeared(workloadId, unit);
    }
  }

  #tell(workloadId: string, what: (news: WorkloadNews) => void): void {
    for (const news of this.#news.get(workloadId) ?? []) what(news);
  }

  #after(ms: number, what: () => void): void {
    const { world, lifeline } = this.#site;
    world.time.after(ms, lifeline.hears(what));
  }
}
