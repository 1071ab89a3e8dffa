import type { ClientFiles } from './location.ts';

/** The kinds of entry that a client's file can hold. */
export type EntryKind = 'streamable-http' | 'sse' | 'stdio';

/** Where a value of the registration goes into a template. */
export interface Fill {
  readonly fill: 'name' | 'url' | 'command' | 'args' | 'command-line';
}

/** A value of an entry: fixed, or filled in. */
export type TemplateValue = string | number | boolean | Fill | readonly string[] | Readonly<Record<string, never>>;

export type TemplateFields = Readonly<Record<string, TemplateValue>>;

/** What an entry of one kind consists of. */
export interface EntryTemplate {
  /** Fields that make the connection. They are Holdfast's: each write sets them right. */
  readonly owned: TemplateFields;
  /** Fields that a new entry needs as well. They are written once, then they belong to the user. */
  readonly initial?: TemplateFields;
}

/**
 * What the client's parser does with something: `ok`; `fatal` = the client refuses the file; `ignored` = it starts, but without any
 * servers; `unknown` = not established, so Holdfast adds none and refuses none.
 */
export type Acceptance = 'ok' | 'fatal' | 'ignored' | 'unknown';

/** What the client's parser accepts. */
export interface ParserTraits {
  readonly comments: Acceptance;
  readonly trailingComma: Acceptance;
  /** A UTF-8 byte order mark. */
  readonly bom: Acceptance;
  /** A file of no bytes. */
  readonly emptyFile: Acceptance;
  /** `{}`: a document without the key that holds the servers. */
  readonly missingKey: Acceptance;
  /** `null` under that key. */
  readonly nullKey: Acceptance;
}

/** What the client does when a server that it talks to goes away or changes. */
export interface Reactions {
  /** Whether it notices a change of its file while it runs. Only `true` makes taking an entry out and putting it back worth while. */
  readonly watchesFile: boolean | 'unknown';
  /** It reacts to a change within so many ms, as measured or as its source says; absent where neither is known. */
  readonly noticesWithinMs?: number;
  /** What it does with a 404 for its session id. */
  readonly lostSession: string;
  /** What it does with `notifications/tools/list_changed`. */
  readonly listChanged: string;
  /** Whether a server that was down when the client started is tried again later. */
  readonly retriesAtStart: boolean | 'unknown';
  /** What its user has to do after a server's address changed, a sentence; absent = nothing, or not known. */
  readonly advice?: string;
}

/**
 * How a client keeps writers of its own file apart: `directory` = an empty directory `<file>.lock`; `owned-directory` = the same with a
 * file `owner.<token>` in it, made elsewhere and renamed into place. Holdfast takes it too.
 */
export type ClientLock = 'directory' | 'owned-directory';

/** One AI application: where its configuration lies, what an entry looks like, and how it behaves. Pure data. */
export interface Descriptor {
  /** Stable, as on the command line; the name of this file. */
  readonly id: string;
  /** As its makers write it. */
  readonly name: string;
  /** `no-file` = it has no file that can be edited; `discontinued` = no longer maintained by its makers. */
  readonly support: 'supported' | 'discontinued' | 'no-file';
  /** The file that the current version reads, by system; null where that is not known (never guessed). */
  readonly files: ClientFiles;
  /** Files that are read as well, in the same folder; where one exists and the main file does not, it is the one to edit. */
  readonly siblings?: readonly string[];
  /** Files that only older versions read. Kept right where they exist, so that an update of the client loses nothing. */
  readonly legacyFiles?: ClientFiles;
  /** The file of a project, relative to its folder; shown, never written. */
  readonly projectFile?: string;
  /** `json` and `jsonc` are edited alike; what may stand in the file is said by `parser`. */
  readonly format: 'json' | 'jsonc' | 'toml' | 'yaml';
  /** The one key of the top level that holds the servers. A dot in it is part of its name. */
  readonly key: string;
  /** Servers by name, or a list of servers with a field `name`. */
  readonly container: 'map' | 'list';
  /** What to write for each kind; null = the client cannot do that, or it is not known how. `stdio` reaches every server by the bridge. */
  readonly entries: Readonly<Record<EntryKind, EntryTemplate | null>>;
  readonly parser: ParserTraits;
  readonly reactions: Reactions;
  readonly lock?: ClientLock;
  /** What a reader of this file should know about it, with its source: measured, source, docs, issue, third party. */
  readonly remarks: string;
}
