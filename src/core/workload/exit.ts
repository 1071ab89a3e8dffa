/**
 * Why an incarnation ended.
 * `exited` by itself with a code · `signalled` by somebody else's signal · `oom` killed for memory · `stopped` by Holdfast ·
 * `not-ready` in time, so Holdfast ended it · `unhealthy` so Holdfast ended it · `lost` the connection to it cannot be had again ·
 * `removed` somebody else removed the container · `engine` its engine went down (it says nothing about the server) ·
 * `unknown` nobody wrote down how (counts as a failure).
 */
export type ExitCause = (typeof exitCauses)[number];

export const exitCauses = [
  'exited',
  'signalled',
  'oom',
  'stopped',
  'not-ready',
  'unhealthy',
  'lost',
  'removed',
  'engine',
  'unknown',
] as const;

/** How one incarnation ended, as kept in the status and sent in `error.data`. */
export interface ExitRecord {
  readonly generation: number;
  readonly cause: ExitCause;
  readonly exitCode: number | null;
  /** Name such as `SIGKILL`; a shell's 128+n is shown as signal n. */
  readonly signal: string | null;
  readonly oom: boolean;
  /** Memory limit that it hit, bytes; only where it was killed for memory and had one. */
  readonly memoryLimit?: number | undefined;
  /** Somebody else had the engine stop, kill or restart it. */
  readonly byOther?: boolean | undefined;
  /** Only the connection to it was lost: the incarnation may live on, and may be taken over again. */
  readonly livesOn?: boolean | undefined;
  /** Wall clock, ms since the epoch. */
  readonly startedAt: number;
  readonly readyAt: number | null;
  readonly endedAt: number;
  /** Last lines of stderr (of the log for HTTP servers), oldest first, redacted, bounded. */
  readonly lastLines: readonly string[];
}

/** A failure for `on-failure`: anything but a clean exit with code 0 (a stop by Holdfast is never one). */
export function isFailure(exit: Pick<ExitRecord, 'cause' | 'exitCode'>): boolean {
  if (exit.cause === 'stopped') return false;
  return !(exit.cause === 'exited' && exit.exitCode === 0);
}

/** `exit 1`, `SIGKILL`, `out of memory`, `unknown exit`: a few words for tables and log lines. */
export function describeExit(exit: Pick<ExitRecord, 'cause' | 'exitCode' | 'signal' | 'oom' | 'memoryLimit'>): string {
  if (exit.cause === 'oom') return exit.memoryLimit ? `out of memory (limit ${mebibytes(exit.memoryLimit)})` : 'out of memory';
  if (exit.cause === 'removed') return 'removed by somebody else';
  if (exit.cause === 'engine') return 'its engine went down';
  if (exit.cause === 'not-ready') return 'never became ready';
  if (exit.cause === 'stopped') return 'stopped';
  if (exit.cause === 'unhealthy') return 'unhealthy';
  if (exit.cause === 'lost') return 'connection lost';
  const how = exit.signal ?? (exit.exitCode === null ? 'unknown exit' : `exit ${exit.exitCode}`);
  return exit.oom ? `${how}, a child was killed for memory` : how;
}

function mebibytes(bytes: number): string {
  return `${Math.round((bytes / 1_048_576) * 10) / 10} MiB`;
}
