/** What is to be written for one workload into the file of one AI client. */
export interface ClientEntry {
  /** The workload's name; the key of the entry. */
  readonly name: string;
  /** Of this registration, with its key in it. Secret. */
  readonly url: string;
  readonly transport: 'streamable-http' | 'sse';
  /** Started by clients that cannot do that transport: absolute paths, since graphical clients have no PATH of a shell. */
  readonly bridge: { readonly command: string; readonly args: readonly string[] };
}

/** An AI client that Holdfast knows. */
export interface KnownClient {
  readonly id: string;
  readonly name: string;
  /** Whether it has a file that can be edited on this system. */
  readonly editable: boolean;
  /** Whether it notices changes of its file while it runs. */
  readonly watchesFile: boolean | 'unknown';
  /** It reacts to a change within so many ms; null where that is not known. */
  readonly noticesWithinMs: number | null;
  /** What its user has to do after a change, a sentence; null = nothing, or not known. */
  readonly advice: string | null;
}

/**
 * How an entry stands in a file. `absent` = never written; `written` = as it should be; `changed` = somebody changed a field of ours;
 * `lost` = another writer overwrote it: to be put back; `taken-out` = its user took it out: to be respected; `foreign` = not ours.
 */
export type EntryState = 'absent' | 'written' | 'changed' | 'lost' | 'taken-out' | 'foreign';

/** What is known about one file of a client. */
export interface ClientFileStatus {
  /** As the client names it, links not followed. */
  readonly file: string;
  readonly exists: boolean;
  /** By the entry's name: those that Holdfast wrote, and others that the file holds. Empty where the file cannot be read. */
  readonly entries: Readonly<Record<string, EntryState>>;
  /** Why the file cannot be edited; null where it can. */
  readonly problem: { readonly code: string; readonly message: string } | null;
}

export interface ClientStatus {
  readonly client: string;
  /** Whether its file, or the folder that holds it, is there. */
  readonly installed: boolean;
  readonly files: readonly ClientFileStatus[];
}

/** What an edit did, or would do, to one file. */
export interface ClientFileChange {
  readonly file: string;
  /** A unified diff; empty where nothing changes. */
  readonly diff: string;
}

/**
 * One entry to write, or to take out. `take`: a foreign entry, by its name in the file, which is remembered; an entry of ours that is written
 * under the same name takes its place. `giveBack`: a foreign entry that was taken. `comesBack`: what its user added to the entry is kept until
 * it is written again; without it that is forgotten, also of an entry that is out already.
 */
export type ClientEdit =
  | { readonly write: ClientEntry }
  | { readonly remove: string; readonly comesBack?: boolean }
  | { readonly take: string }
  | { readonly giveBack: string };

/** How a foreign entry of a client's file starts or reaches its server. Texts are as they stand there, variables unresolved. */
export type ForeignConnection =
  | {
      readonly kind: 'command';
      readonly command: string;
      readonly args: readonly string[];
      readonly env: Readonly<Record<string, string>>;
      readonly cwd: string | null;
      readonly envFile: string | null;
    }
  | { readonly kind: 'url'; readonly url: string; readonly transport: string | null; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'unknown'; readonly why: string };

/** An entry of a client's file that Holdfast did not write. */
export interface ForeignServer {
  /** As in the file. */
  readonly name: string;
  readonly file: string;
  /** The folder of the project whose entry it is; null = of the user. */
  readonly project: string | null;
  /** Its user switched it off. */
  readonly disabled: boolean;
  readonly connection: ForeignConnection;
}

/**
 * The configuration files of AI clients. Only entries that this Holdfast wrote are ever changed or removed, and of these only the fields
 * that make the connection; everything else in a file stays as it is, to the byte. Calls for one client run one after another.
 */
export interface ClientConfig {
  /** Sorted by id. */
  known(): readonly KnownClient[];
  /** Reads, never writes. A file that cannot be read is a `problem`, not an error. @throws HF_CLIENT_UNKNOWN */
  status(client: string): Promise<ClientStatus>;
  /** Changes whenever one of the client's files does; far cheaper than `status`. @throws HF_CLIENT_UNKNOWN */
  fingerprint(client: string): Promise<string>;
  /**
   * The entries of the client's files that Holdfast did not write, in the order of the files. Reads, never writes.
   * @throws HF_CLIENT_UNKNOWN, HF_CLIENT_FILE_…
   */
  servers(client: string): Promise<readonly ForeignServer[]>;
  /**
   * Makes the edits in each file of the client, each file atomically. Identical content is not rewritten. A `taken-out` entry is written
   * again: whoever calls decides whether to respect that.
   * @param dryRun only say what would change
   * @throws HF_CLIENT_UNKNOWN, HF_CLIENT_FILE_UNKNOWN, _SYNTAX, _SHAPE, _ACCESS, _BUSY, _FOREIGN; a file is edited whole or not at all
   */
  edit(client: string, edits: readonly ClientEdit[], dryRun: boolean): Promise<readonly ClientFileChange[]>;
  /** What Holdfast's entries changed in the client's files, against these without them. @throws as `edit` */
  diff(client: string): Promise<readonly ClientFileChange[]>;
  /**
   * Takes out everything that Holdfast wrote, and gives back what it took. A file that nobody else changed since gets its old bytes back.
   * @param force gives the old bytes back even if it was changed since
   * @throws as `edit`
   */
  restore(client: string, force: boolean, dryRun: boolean): Promise<readonly ClientFileChange[]>;
}
