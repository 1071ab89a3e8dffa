/** Lifecycle in the engine's words; Podman's `stopped` and `stopping` are folded into `exited` and `running`. */
export type ContainerStatus = 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';

export interface ContainerSummary {
  readonly id: string;
  /** Without the leading slash. */
  readonly names: readonly string[];
  readonly status: ContainerStatus;
  /**
   * It was not started before that, ms since the epoch, by the engine's own words (`Up 5 seconds`) and the time at which it was asked; null
   * where it does not run or says nothing that is known.
   */
  readonly notStartedBefore: number | null;
  readonly labels: Readonly<Record<string, string>>;
}

/** What `inspect` says of one container. */
export interface ContainerState {
  readonly id: string;
  readonly name: string;
  readonly status: ContainerStatus;
  /** It has ended, and Podman has not yet cleaned up: until then it must be neither attached to nor started. */
  readonly uncleaned: boolean;
  /** A paused one is running, too, and one that is being stopped until it has ended. */
  readonly running: boolean;
  /** Podman has been told to stop it, and it runs until it obeys or is killed: until then it must be neither attached to nor started. */
  readonly stopping: boolean;
  readonly paused: boolean;
  /** On the engine's machine; null while it does not run. */
  readonly pid: number | null;
  /** Of the last run; null while it runs or never ran. */
  readonly exitCode: number | null;
  readonly oomKilled: boolean;
  /** Why the last start failed, in the engine's words; empty otherwise. */
  readonly error: string;
  /** As the engine writes it (ns): with the id it names one incarnation. Null = never started. */
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** Null without a health check. */
  readonly health: 'starting' | 'healthy' | 'unhealthy' | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly imageId: string;
  readonly tty: boolean;
  readonly openStdin: boolean;
  readonly mounts: readonly ContainerMount[];
  /** Bytes; null = no limit. */
  readonly memoryLimit: number | null;
  /** Published ports as they are now; changes with every start where a free one was asked for. */
  readonly ports: readonly PublishedPort[];
  readonly networks: readonly ContainerNetwork[];
}

export interface ContainerMount {
  readonly kind: string;
  /** Path of the engine's machine, or the volume's name. */
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

export interface PublishedPort {
  readonly containerPort: number;
  readonly protocol: 'tcp' | 'udp';
  readonly hostAddress: string;
  readonly hostPort: number;
}

export interface ContainerNetwork {
  readonly name: string;
  /** Null while it does not run. */
  readonly ipAddress: string | null;
}
