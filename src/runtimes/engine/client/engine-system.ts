export type EngineKind = 'docker' | 'podman';

export interface EngineVersion {
  /** By what answers, never by the path of its socket. */
  readonly kind: EngineKind;
  /** Of the engine itself, e.g. `20.10.24` or `4.3.1`. */
  readonly version: string;
  /** Highest version of the Docker API that both sides know, e.g. `1.41`. */
  readonly apiVersion: string;
  readonly os: string;
  readonly arch: string;
}

export interface EngineInfo {
  /** What it calls itself, where it keeps that for good; null = it does not say. */
  readonly id: string | null;
  readonly cgroupDriver: string;
  readonly cgroupVersion: '1' | '2' | null;
  /** Whether `init` can be asked for at create; null = only the attempt tells. */
  readonly initAvailable: boolean | null;
  readonly rootless: boolean;
  /** Cores that it has: it refuses a container that may use more; null = it does not say. */
  readonly cpus: number | null;
}

/** Every method throws EngineError. */
export interface EngineSystem {
  version(): Promise<EngineVersion>;
  info(): Promise<EngineInfo>;
  /** Whether anything answers. */
  ping(): Promise<void>;
}
