import type { EntryState } from '../ports/client-config.ts';
import { isOurs } from './entry-states.ts';
import type { RefreshState } from './refresh.ts';
import { type Registration, showsGroup } from './registration.ts';
import type { WorkloadFacts } from './workload-facts.ts';

/** Everything that decides about the entries of one client. */
export interface PlanInput {
  readonly registration: Pick<Registration, 'groups'>;
  readonly workloads: Iterable<WorkloadFacts>;
  /** How the names stand in its files. */
  readonly states: ReadonlyMap<string, EntryState>;
  readonly refreshes: RefreshState['refreshes'];
  /** How long an entry has to be out before it counts as noticed, ms. */
  readonly noticesWithinMs: number;
  /** Monotonic ms. */
  readonly now: number;
}

/** What is to be done in the files of a client. */
export interface EntryPlan {
  /** Entries that should be there: new ones, those that were lost, and those that are there already, which may name an old address. */
  readonly write: readonly WorkloadFacts[];
  readonly remove: readonly string[];
  /** Those of them that go for good: nothing of that name is to be shown any more. */
  readonly forget: readonly string[];
  /** Monotonic ms at which an entry may come back; null = nothing waits for time. */
  readonly wakeAt: number | null;
}

/**
 * Decides which entries a client should have now. What a user took out or changed is left alone, as long as the workload exists; what is
 * somebody else's always. Pure; planning again after its edits were made gives no more edits.
 */
export function planEntries({ registration, workloads, states, refreshes, noticesWithinMs, now }: PlanInput): EntryPlan {
  const write: WorkloadFacts[] = [];
  const remove: string[] = [];
  const shown = new Set<string>();
  let wakeAt: number | null = null;
  for (const workload of workloads) {
    const { name, phase } = workload;
    if (!showsGroup(registration, workload.group)) continue;
    shown.add(name);
    const state = states.get(name) ?? 'absent';
    const refresh = refreshes.get(name);
    const outSince = refresh?.outSince ?? null;
    const backAt = outSince === null ? null : outSince + noticesWithinMs;
    const isOut = refresh !== undefined && (phase !== 'up' || backAt === null || backAt > now);
    if (phase === 'resting' || isOut) {
      if (state === 'written' || state === 'lost') remove.push(name);
      if (isOut && phase === 'up' && backAt !== null) wakeAt = Math.min(wakeAt ?? backAt, backAt);
    } else if (state === 'written' || state === 'lost' || (state === 'absent' && phase === 'up')) write.push(workload);
  }
  const forget = [...states].filter(([name, state]) => !shown.has(name) && isOurs(state)).map(([name]) => name);
  return { write: write.filter(({ url }) => url !== null), remove: [...remove, ...forget], forget, wakeAt };
}
