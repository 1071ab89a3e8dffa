import type { EventLog, HoldfastEvent } from '../core/ports/event-log.ts';

export interface EventQuery {
  /** Events after this number; 0 = all that are kept. */
  readonly after: number;
  /** Only those of these workloads; empty = all, also the daemon's own. */
  readonly workloads: readonly string[];
  /** Only those at or after this time, ms since the epoch. */
  readonly sinceMs: number | null;
  /** Only the last so many of those that are there. */
  readonly tail: number | null;
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

/** Events in their order, each once; following leaves no gap between what is kept and what is new. */
export async function* events(log: EventLog, query: EventQuery): AsyncGenerator<HoldfastEvent> {
  const wanted = filterOf(query);
  const fresh: HoldfastEvent[] = [];
  let wake = (): void => {};
  const notify = (): void => wake();
  // Followed before the kept ones are read: what happens in between is in both, and told apart by its number.
  const unfollow = query.follow
    ? log.follow((event) => {
        fresh.push(event);
        notify();
      })
    : null;
  query.signal.addEventListener('abort', notify);
  try {
    const kept = (await log.since(query.after)).filter(wanted);
    let last = query.after;
    for (const event of query.tail === null ? kept : kept.slice(Math.max(0, kept.length - query.tail))) {
      last = event.seq;
      yield event;
    }
    last = Math.max(last, kept.at(-1)?.seq ?? 0);
    while (query.follow && !query.signal.aborted) {
      const event = fresh.shift();
      if (event === undefined) await new Promise<void>((resolve) => (wake = resolve));
      else if (event.seq > last && wanted(event)) yield event;
    }
  } finally {
    unfollow?.();
    query.signal.removeEventListener('abort', notify);
  }
}

function filterOf(query: EventQuery): (event: HoldfastEvent) => boolean {
  const names = new Set(query.workloads);
  return (event) =>
    (names.size === 0 || (event.workload !== null && names.has(event.workload))) && (query.sinceMs === null || event.at >= query.sinceMs);
}
