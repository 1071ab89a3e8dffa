import type { ObservedExit } from '../../../core/ports/runtime.ts';
import { exitOf } from '../../process/exit-status.ts';
import type { ContainerState } from '../client/containers/container-state.ts';

const KILLED = 137;

/** What was heard of an end, beside what the engine keeps of it. */
export interface Hearsay {
  /** Of the `die` event; undefined = none came. */
  readonly dieCode: number | null | undefined;
  /** Somebody else had the engine end it. */
  readonly byOther: boolean;
}

/** The container is gone, or going. */
export const REMOVED_EXIT: ObservedExit = { cause: 'removed', exitCode: null, signal: null, oom: false };

/** How a run ended of which nothing is known but what an event said: another one has begun since, or the engine does not answer. */
export function exitFromEvent({ dieCode, byOther }: Hearsay): ObservedExit {
  return { ...exitOf(dieCode ?? null, null), ...(byOther ? { byOther } : {}) };
}

/**
 * How the last run of a container ended.
 * Killed for memory only where the engine says so and the code is 137: it says so, too, when only a child was.
 * @param inOutage it ended while the engine was away, which says nothing about the server
 */
export function containerExit(
  state: Pick<ContainerState, 'exitCode' | 'oomKilled' | 'memoryLimit'>,
  hearsay: Hearsay,
  inOutage: boolean,
): ObservedExit {
  const code = state.exitCode ?? hearsay.dieCode ?? null;
  const plain = exitOf(code, null);
  const byOther = hearsay.byOther ? { byOther: true } : {};
  if (state.oomKilled && code === KILLED) {
    return { ...plain, cause: 'oom', oom: true, ...(state.memoryLimit ? { memoryLimit: state.memoryLimit } : {}) };
  }
  if (inOutage) return { ...plain, cause: 'engine' };
  return { ...plain, oom: state.oomKilled, ...byOther };
}

/** Wall clock ms of a time as engines write it; null for none. */
export function timeOf(text: string | null): number | null {
  const at = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(at) ? null : at;
}
