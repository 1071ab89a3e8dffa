import type { ServingState } from '../ports/gateway.ts';
import type { ExitRecord } from '../workload/exit.ts';
import type { Incarnation } from '../workload/incarnation.ts';
import type { StopReason } from './unit.ts';

/** What has to be done about a unit. Each is begun at once (`begun` event) and reports its outcome as an event later. */
export type Action =
  /** Takes over what an earlier daemon left running. */
  | { readonly kind: 'adopt'; readonly generation: number; readonly incarnation: Incarnation }
  /** Kills obsolete generations, then starts this one. */
  | { readonly kind: 'start'; readonly generation: number }
  /** Calls a start off that is still under way. */
  | { readonly kind: 'cancel'; readonly generation: number }
  | { readonly kind: 'handshake'; readonly generation: number; readonly adopted: boolean }
  | { readonly kind: 'stop'; readonly generation: number; readonly why: StopReason; readonly graceMs: number }
  /** Kills whatever is left of the unit's generations. */
  | { readonly kind: 'sweep' }
  /** Removes everything that is kept for the workload. */
  | { readonly kind: 'forget' }
  /** Tells the gateway that a generation is gone. `nextStartAt`: wall clock ms, null when unknown. */
  | { readonly kind: 'drop'; readonly exit: ExitRecord; readonly nextStartAt: number | null }
  | { readonly kind: 'serve'; readonly serving: ServingState; readonly key: string }
  /** Nothing to do before `until` (monotonic ms), unless something happens. */
  | { readonly kind: 'wait'; readonly until: number };

/** A few words for log lines. */
export function describeAction(action: Action): string {
  switch (action.kind) {
    case 'adopt':
    case 'start':
    case 'cancel':
    case 'handshake':
      return `${action.kind} generation ${action.generation}`;
    case 'stop':
      return `stop generation ${action.generation} (${action.why})`;
    case 'drop':
      return `drop generation ${action.exit.generation}`;
    case 'serve':
      return `serve ${action.serving.kind}`;
    case 'wait':
      return `wait until ${action.until}`;
    default:
      return action.kind;
  }
}
