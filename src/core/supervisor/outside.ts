import type { ExitRecord } from '../workload/exit.ts';
import type { RestartPolicy } from '../workload/policy.ts';
import type { BackendRecord } from '../workload/status.ts';
import type { Context } from './event.ts';
import type { Reason, UnitState, Verdict } from './unit.ts';

/** Code under which a workload rests whose container somebody else removed. */
export const REMOVED_OUTSIDE = 'removed-outside';

/** Code under which a workload rests that somebody else stopped, where its policy respects that. */
export const STOPPED_OUTSIDE = 'stopped-outside';

/**
 * At its own shutdown an engine stops every container as if somebody had asked for it: a stop counts as one by a person only when the
 * engine has stayed up this long after it, ms (`runtimes.md`).
 */
export const CONFIRM_STOP_MS = 60_000;

/** The verdict on a removal by somebody else: nothing restarts it, until somebody asks for it. */
export function removedOutside(name: string): Verdict {
  const message = `its container was removed by somebody else; \`holdfast start ${name}\` creates it anew`;
  return { kind: 'finished', reason: { code: REMOVED_OUTSIDE, message } };
}

/** The verdict on a stop by somebody else, null where the policy revives it. */
export function stoppedOutside(policy: RestartPolicy, exit: ExitRecord, reason: Reason): Verdict | null {
  if (!exit.byOther || policy.mode !== 'unless-stopped') return null;
  return {
    kind: 'finished',
    reason: { code: STOPPED_OUTSIDE, message: `${reason.message}; stopped by somebody else, which unless-stopped respects` },
  };
}

/** Whether a stop by somebody else still may turn out to be the shutdown of the engine. */
export function isUnconfirmed(exit: Pick<ExitRecord, 'endedAt'> | null, lastSeenUp: number): boolean {
  return exit === null || lastSeenUp - exit.endedAt < CONFIRM_STOP_MS;
}

/** Somebody else started it, or its engine is back: whatever it rested or waited for, a start takes up what is there. */
export function takeUp(state: UnitState): UnitState {
  return {
    ...state,
    dueAt: null,
    ladder: { ...state.ladder, nextStartAt: null },
    verdict: null,
    failedBoot: null,
    confirmAt: null,
    restarting: state.restarting ?? 'order',
    reason: state.verdict ? null : state.reason,
    failure: state.verdict ? null : state.failure,
  };
}

/** What somebody else started is taken over, also when this was news before the end of its predecessor. */
export function appeared(state: UnitState): UnitState {
  // `holdfast stop` is respected: what somebody else starts then is ended.
  if (state.want === 'stopped' && state.phase === 'idle' && state.swept) return { ...state, swept: false, stoppedBefore: false };
  if (state.want !== 'running' || state.phase === 'starting' || state.phase === 'adopting') return state;
  if (isDown(state)) return takeUp(state);
  return state.backend && !state.reappeared ? { ...state, reappeared: true, vanished: false } : state;
}

/** What was to be started again is gone. */
export function removed(state: UnitState, context: Context): UnitState {
  if (state.phase === 'adopting' && state.want !== 'running') return { ...state, phase: 'idle', adoptable: null, swept: false };
  // A restart that waits for its turn would make it anew: it is called off. Somebody who asked for a start gets one, made anew: the
  // removal was before that, and was only told late.
  if (state.phase === 'starting' && state.restarting === null) return state;
  if (state.phase === 'starting' && state.want === 'running') return rest(state, removedOutside(context.spec.name));
  // How it ended is still being looked at, or told.
  if (state.backend) return { ...state, vanished: true, reappeared: false };
  const waits = isDown(state) || state.phase === 'adopting';
  if (!waits || state.want !== 'running' || state.verdict?.kind === 'failed') return state;
  if (state.verdict?.reason.code === REMOVED_OUTSIDE) return state;
  const phase = state.phase === 'sweeping' ? 'sweeping' : 'idle';
  return rest({ ...state, phase, adoptable: null, swept: false }, removedOutside(context.spec.name));
}

/** The engine does not answer: what its shutdown stopped is taken up when it is back, by whichever daemon there is then. */
export function engineLost(state: UnitState, since: number): UnitState {
  return isDown(state) && state.verdict?.reason.code === STOPPED_OUTSIDE ? forgiveShutdown(state, since) : state;
}

/** The engine answers again: what waited for it goes on, and what its shutdown stopped was stopped by nobody. */
export function engineBack(state: UnitState, since: number): UnitState {
  if (!isDown(state) || state.want !== 'running') return state;
  const forgiven = forgiveShutdown(state, since);
  const waits = state.failure?.code === 'HF_RUNTIME_UNAVAILABLE' && !state.verdict;
  const stopped = state.verdict?.reason.code === STOPPED_OUTSIDE && isUnconfirmed(state.lastExit, since);
  return waits || stopped || (forgiven !== state && !state.verdict) ? takeUp(forgiven) : state;
}

/**
 * A stop by somebody else that the loss of the engine follows was the engine's own: like any end of it, it costs no attempt.
 * @param lostAt wall clock ms
 */
export function forgiveShutdown(state: UnitState, lostAt: number): UnitState {
  const { lastExit, ladder } = state;
  if (!lastExit?.byOther || lastExit.cause === 'engine' || !isUnconfirmed(lastExit, lostAt)) return state;
  return {
    ...state,
    lastExit: { ...lastExit, cause: 'engine' },
    ladder: {
      attempts: Math.max(0, ladder.attempts - 1),
      step: Math.max(0, ladder.step - 1),
      immediates: ladder.immediates.filter((at) => at < lastExit.endedAt),
      nextStartAt: null,
    },
  };
}

/** Podman does not say who ended a server; what runs again so soon, and not by Holdfast, was restarted by whoever ended it, ms. */
const PODMAN_RESTART_MS = 2_000;

/** A restart by somebody else is no crash: what the end in it cost is given back. @param successor what they started */
export function forgiveRestart(state: UnitState, successor: BackendRecord): UnitState {
  const { lastExit, spent } = state;
  if (!lastExit || !spent) return state;
  const isSoon = successor.incarnation.runtime === 'podman' && successor.startedAt - lastExit.endedAt < PODMAN_RESTART_MS;
  if (!lastExit.byOther && !isSoon) return state;
  const reason = spent.reason?.code === 'crash-looping' ? spent.reason : null;
  return { ...state, ladder: { ...spent.ladder, nextStartAt: null }, reason, spent: null };
}

/** Nothing lives; what an earlier generation left may still be looked for. */
function isDown({ phase }: UnitState): boolean {
  return phase === 'idle' || phase === 'sweeping';
}

/** At rest until somebody asks for it. */
export function rest(state: UnitState, verdict: Verdict): UnitState {
  return {
    ...state,
    verdict,
    reason: verdict.reason,
    failure: null,
    dueAt: null,
    restarting: null,
    ladder: { ...state.ladder, nextStartAt: null },
    failedBoot: null,
  };
}
