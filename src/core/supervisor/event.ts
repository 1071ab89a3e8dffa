import type { HoldfastError } from '../errors/holdfast-error.ts';
import type { Condition } from '../ports/runtime.ts';
import type { ExitRecord } from '../workload/exit.ts';
import type { WorkloadSpec } from '../workload/spec.ts';
import type { BackendRecord } from '../workload/status.ts';
import type { Action } from './action.ts';

/** What can happen to a unit. Events that name a generation other than the present one are ignored. */
export type UnitEvent =
  /** Orders of the owner. */
  | { readonly kind: 'start-asked' }
  | { readonly kind: 'stop-asked'; readonly graceMs: number | null }
  | { readonly kind: 'remove-asked'; readonly graceMs: number | null }
  /** Replace the present generation: `restart`, or another spec. Starts a unit that is stopped. */
  | { readonly kind: 'renew-asked' }
  /** Its turn has come after a start of the daemon. */
  | { readonly kind: 'unparked' }
  /** An action is being executed. */
  | { readonly kind: 'begun'; readonly action: Action }
  /** What came of it. */
  | { readonly kind: 'started'; readonly backend: BackendRecord; readonly byOther: boolean }
  | { readonly kind: 'start-failed'; readonly generation: number; readonly error: HoldfastError }
  | { readonly kind: 'adopted'; readonly backend: BackendRecord }
  | { readonly kind: 'not-adopted'; readonly generation: number; readonly exit: ExitRecord | null }
  /** The runtime does not answer: whether the generation lives is unknown, and nothing is concluded. */
  | { readonly kind: 'adopt-deferred'; readonly generation: number; readonly error: HoldfastError }
  /** `handshake`: what the server answered to `initialize`, where that must be known when it is taken over. */
  | { readonly kind: 'ready'; readonly generation: number; readonly handshake: string | null }
  /** Not ready in time, or the handshake went wrong. */
  | { readonly kind: 'not-ready'; readonly generation: number; readonly error: HoldfastError }
  | { readonly kind: 'exited'; readonly exit: ExitRecord }
  | { readonly kind: 'stop-failed'; readonly generation: number; readonly error: HoldfastError }
  | { readonly kind: 'swept' }
  | { readonly kind: 'sweep-failed'; readonly error: HoldfastError }
  | { readonly kind: 'forgotten' }
  | { readonly kind: 'forget-failed'; readonly error: HoldfastError }
  /** What others observed of the living generation. */
  | { readonly kind: 'connection-lost'; readonly generation: number; readonly why: string }
  | { readonly kind: 'unhealthy'; readonly generation: number; readonly why: string }
  | { readonly kind: 'health'; readonly generation: number; readonly health: 'healthy' | 'degraded'; readonly why: string | null }
  | { readonly kind: 'condition'; readonly generation: number; readonly condition: Condition }
  /** What the runtime tells of the workload (`WorkloadNews`). */
  | { readonly kind: 'appeared' }
  | { readonly kind: 'removed' }
  | { readonly kind: 'engine-lost'; readonly since: number }
  | { readonly kind: 'engine-back'; readonly since: number }
  /** Time went by. */
  | { readonly kind: 'tick' };

/** What the pure part is told of the world. */
export interface Context {
  readonly spec: WorkloadSpec;
  /** Wall clock, ms since the epoch. */
  readonly now: number;
  /** Monotonic ms. */
  readonly monotonic: number;
  /** In [0, 1). */
  readonly random: number;
  readonly bootId: string;
}
