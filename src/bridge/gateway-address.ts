/** Where the workload of a bridge is served. */
export interface GatewayAddress {
  /**
   * Its URL now. Starts the daemon where none runs.
   * @throws HF_WORKLOAD_UNKNOWN, HF_PORT_TAKEN, HF_DAEMON_UNREACHABLE, HF_HOME
   */
  demand(): Promise<string>;
  /** The same for what can wait: starts a daemon that died, but none that was ended on purpose. Null where there is no URL for now. */
  look(): Promise<string | null>;
}
