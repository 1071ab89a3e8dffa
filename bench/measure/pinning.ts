import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** `proxy`: the one process that is measured. `rest`: the load generator and the servers behind the proxy. */
export type Side = 'proxy' | 'rest';

/** Gives the proxy a core of its own, so that what else runs for the benchmark does not take its time. */
export interface Pinning {
  /** What was done, for the report. */
  readonly words: string;
  pin(pid: number, side: Side): void;
}

/** With `taskset` and two cores or more: the rest on the first core, the proxy on the second. Else nothing is pinned. */
export function createPinning(wanted: boolean): Pinning {
  const none = (why: string): Pinning => ({ words: `processes are not pinned to cores: ${why}`, pin: () => undefined });
  if (!wanted) return none('asked for by --no-pin');
  if (availableParallelism() < 2) return none('one core only');
  try {
    execFileSync('taskset', ['-V'], { stdio: 'ignore' });
  } catch {
    return none('no taskset here');
  }
  return {
    words: 'load generator and servers are pinned to one core, the proxy to another',
    pin(pid, side) {
      execFileSync('taskset', ['-a', '-c', '-p', side === 'rest' ? '0' : '1', String(pid)], { stdio: 'ignore' });
    },
  };
}
