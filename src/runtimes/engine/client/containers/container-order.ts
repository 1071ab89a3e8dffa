/** What a container is to be. Absent fields are the engine's own defaults. */
export interface ContainerOrder {
  readonly name: string;
  /** A reference, or an id. */
  readonly image: string;
  /** After the image's entry point; absent = the image's own. */
  readonly command?: readonly string[];
  /** Instead of the image's entry point. */
  readonly entrypoint?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly workdir?: string;
  /** `USER[:GROUP]`. */
  readonly user?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Keep stdin open, also when an attach comes and goes. */
  readonly stdin: boolean;
  /** The end of the first attach's stdin is the end of the server's, which can then not be attached again. */
  readonly stdinOnce?: boolean;
  readonly tty?: boolean;
  /** Run the engine's init program as PID 1, which reaps and forwards signals. */
  readonly init?: boolean;
  readonly mounts: readonly OrderedMount[];
  readonly tmpfs?: Readonly<Record<string, string>>;
  /** Name of a network, `none` or `host`; absent = the engine's default. */
  readonly network?: string;
  readonly ports: readonly OrderedPort[];
  readonly limits: {
    /** Bytes, with swap; 0 = no limit. */
    readonly memory: number;
    /** Cores, e.g. 1.5; 0 = no limit. */
    readonly cpus: number;
    /** 0 = no limit. */
    readonly pids: number;
  };
  readonly readOnly?: boolean;
  readonly capDrop?: readonly string[];
  readonly securityOptions?: readonly string[];
  readonly extraHosts?: readonly string[];
  readonly ulimits?: readonly { readonly name: string; readonly soft: number; readonly hard: number }[];
  /** `json-file` with these bounds. */
  readonly log: { readonly maxSize: string; readonly maxFiles: number };
}

export interface OrderedMount {
  readonly kind: 'bind' | 'volume';
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

export interface OrderedPort {
  readonly containerPort: number;
  readonly protocol: 'tcp' | 'udp';
  readonly hostAddress: string;
  /** 0 = any free one. */
  readonly hostPort: number;
}
