import type { EngineEvent } from './engine-events.ts';

const NS = 1_000_000_000n;
/** The engine is asked for events from so long before the last one on: two that happen at once may be told in the other order. */
const OVERLAP = NS;
/** What was told is remembered so long, since Podman may begin to repeat earlier than it was asked to. */
const MEMORY = 60n * NS;

/** What was told lately, so that nothing is told twice. */
export class ToldEvents {
  private readonly seenBefore: bigint | null;
  private newest: bigint | null;
  private readonly told = new Map<string, bigint>();

  /** @param since stamp of the last event that was seen before this one existed; null = none */
  constructor(since: string | null) {
    this.seenBefore = since === null ? null : nanoseconds(since);
    this.newest = this.seenBefore;
  }

  /** Whether it is to be told; it counts as told then. */
  isNew(event: EngineEvent): boolean {
    const at = nanoseconds(event.stamp);
    const key = `${event.stamp} ${event.action} ${event.id}`;
    if (this.told.has(key) || (this.seenBefore !== null && at <= this.seenBefore)) return false;
    this.told.set(key, at);
    if (this.newest === null || at > this.newest) this.newest = at;
    this.prune(this.newest - MEMORY);
    return true;
  }

  /** What to ask the engine with; null where nothing was told and no stamp was given. */
  since(): string | null {
    if (this.newest === null) return null;
    const overlapping = this.newest - OVERLAP;
    const from = this.seenBefore !== null && this.seenBefore > overlapping ? this.seenBefore : overlapping;
    return `${from / NS}.${String(from % NS).padStart(9, '0')}`;
  }

  private prune(horizon: bigint): void {
    // In the order of arrival, which is nearly that of time: one that stays a while longer does no harm.
    for (const [key, at] of this.told) {
      if (at >= horizon) break;
      this.told.delete(key);
    }
  }
}

function nanoseconds(stamp: string): bigint {
  const [seconds = '0', fraction = ''] = stamp.split('.');
  return BigInt(seconds) * NS + BigInt(fraction.padEnd(9, '0').slice(0, 9));
}
