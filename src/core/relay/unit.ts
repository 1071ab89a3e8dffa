import type { Session } from '../session/session.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { Lane } from './lane.ts';

/** One way to one backend: of the whole workload, or of one session under `--sessions isolated`. */
export interface Unit {
  /** Null for the workload's own. */
  readonly id: string | null;
  readonly lane: Lane;
  readonly upstream: Upstream;
  /** The one session of an isolated unit. */
  readonly session: Session | null;
}
