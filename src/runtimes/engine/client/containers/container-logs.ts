export interface LogsQuery {
  /** Of the container (`ContainerState.tty`). */
  readonly tty: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** ms since the epoch; null = from the beginning. */
  readonly since: number | null;
  /** Only the last so many lines; null = all. Podman counts those of both streams, also where only one is wanted. */
  readonly tail: number | null;
  /** Go on until the container ends or `signal` aborts. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

export interface ContainerLogLine {
  readonly stream: 'stdout' | 'stderr';
  /** ms since the epoch; null where the engine gave no time. */
  readonly at: number | null;
  /** Without its line end, at most 64 KB; a longer one comes as several. */
  readonly line: Uint8Array;
}
