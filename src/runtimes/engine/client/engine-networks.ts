export interface NetworkOrder {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Of the bridge driver, e.g. `com.docker.network.bridge.enable_icc`. */
  readonly options?: Readonly<Record<string, string>>;
  /** No way out. */
  readonly internal?: boolean;
}

export interface NetworkState {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
  readonly internal: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

/** A network as it is told of alone. */
export interface InspectedNetwork extends NetworkState {
  /** Ids of the containers that are connected to it; Docker also names endpoints whose container is gone, as `ep-…`. */
  readonly connected: readonly string[];
}

/** Every method throws EngineError; `id` is an id or a name. */
export interface EngineNetworks {
  /** All that carry these labels with these values. */
  list(labels: Readonly<Record<string, string>>): Promise<NetworkState[]>;
  inspect(id: string): Promise<InspectedNetwork | null>;
  /** @returns its id. @throws `conflict-name`, `refused` */
  create(order: NetworkOrder): Promise<string>;
  /** `in-use`: containers are connected to it. */
  remove(id: string): Promise<'removed' | 'absent' | 'in-use'>;
}
