import type { RefreshMode } from '../clients/registration.ts';
import type { ClientFileChange, ClientFileStatus, KnownClient } from './client-config.ts';

/** A registration without its key. */
export interface RegisteredClient {
  readonly client: string;
  readonly name: string;
  /** Null = workloads of all groups. */
  readonly groups: readonly string[] | null;
  readonly refresh: RefreshMode | null;
  /** ms since the epoch. */
  readonly since: number;
}

/** What is known about one client. */
export interface ClientView extends KnownClient {
  readonly installed: boolean;
  readonly registration: RegisteredClient | null;
  /** Entries that Holdfast wrote or should write, and those of others that have the name of a workload. */
  readonly files: readonly ClientFileStatus[];
}

/** Why something could not be done for one client; the others are not concerned. */
export interface ClientProblem {
  readonly code: string;
  readonly message: string;
  readonly fix: string;
}

/** What became of one client. Keys in diffs are masked. */
export interface ClientOutcome {
  readonly client: string;
  readonly changes: readonly ClientFileChange[];
  readonly problem: ClientProblem | null;
}

export interface RegisterOrder {
  readonly clients: readonly string[];
  /** Null = all groups; undefined = as it is, all at first. */
  readonly groups?: readonly string[] | null | undefined;
  /** Null = as the workloads say; undefined = as it is. */
  readonly refresh?: RefreshMode | null | undefined;
  /** Also a client that is not installed. */
  readonly force: boolean;
  /** Only say what would change. */
  readonly dryRun: boolean;
}

/** The AI clients of this user. */
export interface Clients {
  /** All that are known, sorted by id. */
  list(): Promise<readonly ClientView[]>;
  /** Sorted by id. */
  registered(): readonly RegisteredClient[];
  /**
   * Registers clients, or changes their registrations, and writes the workloads into their files, also entries that a user took out. A
   * client whose file cannot be edited is registered all the same: it gets the entries when the file is repaired.
   * @throws HF_CLIENT_UNKNOWN, HF_CLIENT_NOT_INSTALLED before anything is changed; HF_STATE_WRITE
   */
  register(order: RegisterOrder): Promise<readonly ClientOutcome[]>;
  /**
   * Revokes the clients' keys at once and takes everything of Holdfast out of their files. `'all'`: also out of files of clients that are
   * not registered any more. @throws HF_CLIENT_UNKNOWN, HF_CLIENT_NOT_REGISTERED before anything is changed; HF_STATE_WRITE
   */
  remove(clients: readonly string[] | 'all', dryRun: boolean): Promise<readonly ClientOutcome[]>;
  /** What Holdfast's entries changed in the client's files. @throws HF_CLIENT_UNKNOWN, HF_CLIENT_FILE_… */
  diff(client: string): Promise<readonly ClientFileChange[]>;
  /**
   * Takes everything out of one client's files; its registration ends. @param force gives the old bytes back even if a file was changed since
   * @throws HF_CLIENT_UNKNOWN, HF_CLIENT_FILE_…, HF_STATE_WRITE
   */
  restore(client: string, force: boolean, dryRun: boolean): Promise<readonly ClientFileChange[]>;
  /**
   * Waits a moment (at most 2 s) until the clients' files are as the workloads are now. Resolves with what cannot be edited, one sentence
   * a client.
   */
  settled(): Promise<readonly string[]>;
  /** The URL of a workload for one client, with its key. @throws HF_WORKLOAD_UNKNOWN, HF_CLIENT_UNKNOWN, HF_CLIENT_NOT_REGISTERED, HF_PORT_TAKEN */
  url(workload: string, client: string): Promise<string>;
}
