import type { ObservedExit } from '../../../core/ports/runtime.ts';
import type { ContainerState } from '../client/containers/container-state.ts';
import type { EngineKind } from '../client/engine-system.ts';
import { containerExit, exitFromEvent, type Hearsay, REMOVED_EXIT, timeOf } from './container-exit.ts';

/** An engine is slower to notice a death than the attached stream is to end: so long it is asked again, ms. */
const CONFIRM_LOSS_MS = 150;
/** An engine that does not answer is given so long before an attachment that broke is laid at its door, ms. */
const ENGINE_SILENT_MS = 800;
/** A `die` that the engine's own state does not bear out is somebody's lag, or about another run, ms. */
const CONFIRM_DIE_MS = 1_000;

/** What is known of one run of a container when the engine has been asked about it. */
export interface RunFacts {
  readonly kind: EngineKind;
  /** With the id it names the run. */
  readonly startedAt: string;
  readonly hearsay: Hearsay;
  /** Monotonic ms since the `die` event came; null = none. */
  readonly diedForMs: number | null;
  /** Monotonic ms since the attachment broke; null = it stands, or there is none. */
  readonly lostForMs: number | null;
  /** Monotonic ms since the end of a connection that a server can do without; null = none ended. */
  readonly hintForMs: number | null;
  /** The engine is away right now. */
  readonly outage: boolean;
  /** Whether a wall clock time lies within an outage of the engine. */
  inOutage(at: number): boolean;
}

/** What the engine said: the state, null = no such container, or that it said nothing. */
export type Look = ContainerState | null | 'unavailable';

export type RunVerdict =
  | { readonly kind: 'lives' }
  /** Signs and state do not agree yet. */
  | { readonly kind: 'ask-again' }
  | { readonly kind: 'ended'; readonly exit: ObservedExit; readonly how: 'exited' | 'removed' | 'restarted' }
  /** The connection to it is lost, and it lives, as far as can be known. */
  | { readonly kind: 'detached'; readonly because: 'attachment' | 'engine' };

/** Concludes from what was seen and heard whether a run is over. An engine that says nothing is never taken for one that says "gone". */
export function judgeRun(look: Look, facts: RunFacts): RunVerdict {
  if (look === 'unavailable') return judgeSilence(facts);
  if (look === null || look.status === 'removing' || look.status === 'dead') return { kind: 'ended', exit: REMOVED_EXIT, how: 'removed' };
  if (look.startedAt !== null && look.startedAt !== facts.startedAt) {
    return { kind: 'ended', exit: exitFromEvent(facts.hearsay), how: 'restarted' };
  }
  if (look.running && look.status !== 'restarting') return judgeLiving(facts);
  const finishedAt = timeOf(look.finishedAt);
  const inOutage = facts.outage || (finishedAt !== null && facts.inOutage(finishedAt));
  return { kind: 'ended', exit: containerExit(look, facts.hearsay, inOutage), how: 'exited' };
}

function judgeSilence(facts: RunFacts): RunVerdict {
  if (facts.diedForMs !== null) {
    const exit = exitFromEvent(facts.hearsay);
    return { kind: 'ended', exit: facts.outage ? { ...exit, cause: 'engine' } : exit, how: 'exited' };
  }
  if (facts.lostForMs === null) return { kind: 'lives' };
  return facts.lostForMs < ENGINE_SILENT_MS ? { kind: 'ask-again' } : { kind: 'detached', because: 'engine' };
}

function judgeLiving({ diedForMs, lostForMs, hintForMs }: RunFacts): RunVerdict {
  if (hintForMs !== null && hintForMs < CONFIRM_LOSS_MS) return { kind: 'ask-again' };
  if (diedForMs !== null && diedForMs < CONFIRM_DIE_MS) return { kind: 'ask-again' };
  if (lostForMs === null) return { kind: 'lives' };
  return lostForMs < CONFIRM_LOSS_MS ? { kind: 'ask-again' } : { kind: 'detached', because: 'attachment' };
}
