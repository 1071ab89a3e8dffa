/** Where an engine listens. The same shape as `container.engine` in a spec. */
export interface EngineAddress {
  /** `unix:///run/docker.sock`, `npipe:////./pipe/docker_engine` or `tcp://host:port`. */
  readonly address: string;
  /** Paths of PEM files; null where no TLS is spoken. The certificate of an engine is always verified. */
  readonly tls: EngineTls | null;
}

export interface EngineTls {
  /** Null = the authorities that the system trusts. */
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
}
