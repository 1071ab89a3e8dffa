export interface ImageState {
  /** `sha256:…` */
  readonly id: string;
  readonly tags: readonly string[];
  /** Digests under which registries know it, e.g. `node@sha256:…`. */
  readonly digests: readonly string[];
  readonly os: string;
  readonly arch: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly workdir: string;
  readonly user: string;
  /** TCP ports that it exposes. */
  readonly exposedPorts: readonly number[];
  readonly labels: Readonly<Record<string, string>>;
}

export interface PullOrder {
  readonly reference: string;
  /** Value of `X-Registry-Auth`; null = none. */
  readonly auth: string | null;
  readonly signal: AbortSignal;
  /** Called for every line of progress. */
  readonly progress: (step: PullStep) => void;
}

export interface PullStep {
  /** `Downloading`, `Pull complete`, …, in the engine's words. */
  readonly status: string;
  /** Layer, where it is about one. */
  readonly layer: string | null;
  /** Bytes; null where it does not count. */
  readonly current: number | null;
  readonly total: number | null;
}

/** Every method throws EngineError. */
export interface EngineImages {
  /** Null: the engine has no such image. */
  inspect(reference: string): Promise<ImageState | null>;
  /** @throws `image-missing` where the registry has none, or none for this user; `refused` */
  pull(order: PullOrder): Promise<void>;
}
