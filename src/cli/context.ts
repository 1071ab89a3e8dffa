import type { ApiClient } from '../api/connect/client.ts';
import type { Shell } from './completion/shell.ts';
import type { Output } from './output/output.ts';
import type { Pipes } from './pipes.ts';
import type { Places } from './places.ts';

/** What a command gets from the outside. */
export interface Context {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly output: Output;
  /** The streams themselves, for what does more than print. */
  readonly pipes: () => Pipes;
  /** What makes a shell complete the words of this program. */
  readonly completionScript: (shell: Shell) => Promise<string>;
  /** Aborts at the first Ctrl-C or SIGTERM; the second one ends the program. */
  readonly interrupted: AbortSignal;
  /** Where the daemon is. @throws HF_HOME */
  readonly places: () => Promise<Places>;
  /** The daemon, started if need be. @throws HF_DAEMON_UNREACHABLE, HF_HOME */
  readonly api: () => Promise<ApiClient>;
  /** The daemon if it runs. */
  readonly runningApi: () => Promise<ApiClient | null>;
}
