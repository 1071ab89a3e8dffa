import type { EntryState, KnownClient } from '../ports/client-config.ts';
import type { RefreshMode, Registration } from './registration.ts';
import type { WorkloadFacts } from './workload-facts.ts';

/** An entry that is out for a moment, so that a client which watches its file connects anew. */
export interface Refresh {
  /** Monotonic ms since which the file has been without it; null = it is still to be taken out. */
  readonly outSince: number | null;
}

/** What is being refreshed for one client, and what was lately, by workload. Plain data. */
export interface RefreshState {
  readonly refreshes: ReadonlyMap<string, Refresh>;
  /** Monotonic ms at which a refresh ended. */
  readonly backSince: ReadonlyMap<string, number>;
}

export const noRefresh: RefreshState = { refreshes: new Map(), backSince: new Map() };

/** A client that is not known to react within a time gets this long, ms. */
const NOTICES_WITHIN_MS = 2_000;
/** A client that was just refreshed still answers for requests from before: they are no reason to do it again, ms. */
const SETTLES_WITHIN_MS = 10_000;

/** How long an entry has to be out before it counts as noticed, ms. */
export function noticesWithin({ noticesWithinMs }: Pick<KnownClient, 'noticesWithinMs'>): number {
  return noticesWithinMs ?? NOTICES_WITHIN_MS;
}

/** The client's own mode takes the place of the workload's. */
export function modeOf({ refresh }: Pick<Registration, 'refresh'>, workload: Pick<WorkloadFacts, 'refresh'>): RefreshMode {
  return refresh ?? workload.refresh;
}

/** Whether taking entries out and putting them back can help the client: one that does not watch its file would only be confused by it. */
function helps(client: Pick<KnownClient, 'watchesFile'>, mode: RefreshMode): boolean {
  if (mode === 'never') return false;
  return client.watchesFile === true || (client.watchesFile === 'unknown' && mode === 'always');
}

/** A workload is in another state. `before`, `after`: null where it did not or does not exist. */
export function workloadChanged(
  state: RefreshState,
  { before, after }: { readonly before: WorkloadFacts | null; readonly after: WorkloadFacts | null },
  client: Pick<KnownClient, 'watchesFile'>,
  registration: Pick<Registration, 'refresh'>,
): RefreshState {
  const name = (after ?? before)?.name;
  if (name === undefined) return state;
  // Out for good, or with its successor: nothing is to be put back.
  if (after === null || after.phase === 'resting' || after.phase === 'new') return without(state, name);
  const mode = modeOf(registration, after);
  const restarts = before?.phase === 'up' && (after.phase === 'coming' || after.generation !== before.generation);
  return restarts && mode === 'always' && helps(client, mode) ? begun(state, name, null) : state;
}

/** A request of the client expired, or its session could not be carried over. */
export function cutOff(
  state: RefreshState,
  workload: WorkloadFacts,
  client: Pick<KnownClient, 'watchesFile'>,
  registration: Pick<Registration, 'refresh'>,
  now: number,
): RefreshState {
  const isServed = workload.phase === 'up' || workload.phase === 'coming';
  const back = state.backSince.get(workload.name);
  if (!isServed || !helps(client, modeOf(registration, workload)) || (back !== undefined && now - back < SETTLES_WITHIN_MS)) return state;
  return begun(state, workload.name, null);
}

/**
 * A new Holdfast cannot know what the one before it was about: what it finds missing counts as out since now, so that a refresh which was
 * interrupted is finished with time to notice.
 */
export function resumed(workloads: Iterable<WorkloadFacts>, states: ReadonlyMap<string, EntryState>, now: number): RefreshState {
  const missing = [...workloads].filter(
    ({ name, phase }) => (phase === 'up' || phase === 'coming') && (states.get(name) ?? 'absent') === 'absent',
  );
  return { refreshes: new Map(missing.map(({ name }) => [name, { outSince: now }])), backSince: new Map() };
}

/** The files were looked at: what is out already need not be taken out, and what its user changed is left alone. */
export function looked(state: RefreshState, states: ReadonlyMap<string, EntryState>, now: number): RefreshState {
  let next = state;
  for (const [name, { outSince }] of state.refreshes) {
    if (outSince !== null) continue;
    const entry = states.get(name) ?? 'absent';
    if (entry === 'absent') next = begun(without(next, name), name, now);
    else if (entry !== 'written' && entry !== 'lost') next = without(next, name);
  }
  return next;
}

/** The files were edited. */
export function edited(
  state: RefreshState,
  { written, removed }: { readonly written: readonly string[]; readonly removed: readonly string[] },
  now: number,
): RefreshState {
  const refreshes = new Map(state.refreshes);
  const backSince = new Map(state.backSince);
  for (const name of removed) if (refreshes.has(name)) refreshes.set(name, { outSince: now });
  for (const name of written) if (refreshes.delete(name)) backSince.set(name, now);
  return { refreshes, backSince };
}

/** The files cannot be edited: a refresh that comes late would only disturb. */
export function givenUp(state: RefreshState): RefreshState {
  const refreshes = new Map([...state.refreshes].filter(([, { outSince }]) => outSince !== null));
  return { ...state, refreshes };
}

function begun(state: RefreshState, name: string, outSince: number | null): RefreshState {
  if (state.refreshes.has(name)) return state;
  return { ...state, refreshes: new Map([...state.refreshes, [name, { outSince }]]) };
}

function without(state: RefreshState, name: string): RefreshState {
  if (!state.refreshes.has(name) && !state.backSince.has(name)) return state;
  const refreshes = new Map(state.refreshes);
  const backSince = new Map(state.backSince);
  refreshes.delete(name);
  backSince.delete(name);
  return { refreshes, backSince };
}
