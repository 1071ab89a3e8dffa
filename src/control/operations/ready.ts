import { HoldfastError } from '../../core/errors/holdfast-error.ts';
import type { Progress, ProgressStep } from '../../core/ports/progress.ts';
import { mustEnd, type Phase, type UnitState } from '../../core/supervisor/unit.ts';
import type { WorkloadLoop } from '../workload-loop.ts';
import type { Operation } from './waiting.ts';

/**
 * Resolves when the shared backend (or the trial run) is ready. Rejects at the first attempt that fails from now on, although the restart
 * policy may try again: whoever waits at a terminal wants to know.
 */
export function untilReady(loop: WorkloadLoop, operation: Operation, progress: Progress): Promise<true> {
  const report = phaseReporter(progress);
  return operation.until(() => {
    const { state } = loop.main;
    report(state);
    if (state.failure) throw state.failure;
    if (state.verdict) throw given(loop.spec.name, state);
    return state.phase === 'ready' && !mustEnd(state) ? true : undefined;
  });
}

/** Resolves when nothing of the workload runs. Rejects when something cannot be ended; that is tried again all the same. */
export function untilIdle(loop: WorkloadLoop, operation: Operation, progress: Progress): Promise<true> {
  const report = phaseReporter(progress);
  return operation.until(() => {
    const { state } = loop.main;
    report(state);
    if (loop.stuck) throw loop.stuck;
    return state.phase === 'idle' && state.swept && loop.sessions.idle ? true : undefined;
  });
}

function given(name: string, state: UnitState): HoldfastError {
  const why = state.reason?.message;
  return new HoldfastError('HF_WORKLOAD_FAILED', { what: `${name} does not run`, ...(why === undefined ? {} : { why }) });
}

const STEPS: Partial<Record<Phase, ProgressStep>> = {
  starting: { step: 'start', message: 'starting the server' },
  handshaking: { step: 'handshake', message: 'waiting until it is ready' },
  ready: { step: 'ready', message: 'ready' },
  stopping: { step: 'stop', message: 'stopping the server' },
  forgetting: { step: 'remove', message: 'removing what is kept for it' },
};

/** Tells each phase once, in the order in which they come. */
export function phaseReporter(progress: Progress): (state: Pick<UnitState, 'phase'>) => void {
  let last: Phase | null = null;
  return ({ phase }) => {
    if (phase === last) return;
    last = phase;
    const step = STEPS[phase];
    if (step) progress(step);
  };
}
