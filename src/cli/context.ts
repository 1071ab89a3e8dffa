import type { ApiClient } from '../api/connect/client.ts';
import type { Command } from './command.ts';
import type { Output } from './output/output.ts';
import type { Groups } from './parser/parse.ts';
import type { Places } from './places.ts';

/** What a command gets from the outside. */
export interface Context {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly output: Output;
  /** What this program can do. */
  readonly commands: readonly Command[];
  readonly groups: Groups;
  /** Aborts at the first Ctrl-C or SIGTERM; the second one ends the program. */
  readonly interrupted: AbortSignal;
  /** Where the daemon is. @throws HF_HOME */
  readonly places: () => Promise<Places>;
  /** The daemon, started if need be. @throws HF_DAEMON_UNREACHABLE, HF_HOME */
  readonly api: () => Promise<ApiClient>;
  /** The daemon if it runs. */
  readonly runningApi: () => Promise<ApiClient | null>;
}
