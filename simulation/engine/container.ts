import type { ObservedExit } from '../../src/core/ports/runtime.ts';
import type { Process } from '../machine/process.ts';
import type { Attachment } from './attachment.ts';
import type { ContainerStdio } from './container-stdio.ts';

/** `removing`: marked for removal, nothing can be done with it any more. */
export type ContainerStatus = 'created' | 'running' | 'exited' | 'removing' | 'gone';

/** One container of a simulated engine. It outlives daemons, and its id outlives its runs. */
export class Container {
  readonly id: string;
  /** Null: a stranger, which Holdfast did not make. */
  readonly workloadId: string | null;
  readonly unit: string | null;
  status: ContainerStatus = 'created';
  paused = false;
  /** Tells one run from the next; empty before the first. */
  startedAt = '';
  process: Process | null = null;
  stdio: ContainerStdio | null = null;
  /** The connection to its stdin and stdout. */
  attachment: Attachment | null = null;
  exit: ObservedExit | null = null;
  /** The last end, wall clock and monotonic ms. */
  finishedAt = 0;
  endedAt = 0;
  /** Nothing happened to this run but deaths of daemons, through which a run of that kind lives. */
  spared = false;
  /** Somebody stopped or killed this run, or the one that ended last. */
  endedBySomebody = false;
  /** The present run, or the last one, was Holdfast's, or was taken over by it. */
  runByHoldfast = false;
  runs = 0;

  constructor(id: string, workloadId: string | null, unit: string | null) {
    this.id = id;
    this.workloadId = workloadId;
    this.unit = unit;
  }

  get running(): boolean {
    return this.status === 'running';
  }

  get there(): boolean {
    return this.status !== 'removing' && this.status !== 'gone';
  }
}
