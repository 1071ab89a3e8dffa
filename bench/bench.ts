import type { Pinning } from './measure/pinning.ts';
import type { Options } from './options.ts';
import type { StartedProcesses } from './processes/started-processes.ts';
import type { Findings } from './report/row.ts';

/** What every benchmark gets. */
export interface BenchContext {
  readonly options: Options;
  readonly started: StartedProcesses;
  readonly pinning: Pinning;
  /** Of who called, with what was taken out of ours. */
  readonly originalEnv: NodeJS.ProcessEnv;
  /** A folder for files of this run, removed at its end. */
  readonly folder: string;
  /** Says on stderr what is being done. */
  readonly progress: (text: string) => void;
}

/** One benchmark. */
export interface Benchmark {
  readonly name: string;
  readonly summary: string;
  run(context: BenchContext): Promise<Findings>;
}
