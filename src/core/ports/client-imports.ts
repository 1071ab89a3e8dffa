import type { ClientFileChange } from './client-config.ts';
import type { Progress } from './progress.ts';
import type { LaunchRequest } from './source-resolver.ts';

export interface ImportOrder {
  readonly client: string;
  /** Entries, by their names in the client's file; empty = all that can be. */
  readonly names: readonly string[];
  /** Values for variables that stand in entries. */
  readonly values: Readonly<Record<string, string>>;
  /** Of the process that asks: where programs are looked for. */
  readonly caller: LaunchRequest['caller'];
  /** Only say what would happen. */
  readonly dryRun: boolean;
}

/** What became, or would become, of an entry. */
export interface ImportedEntry {
  /** As in the client's file. */
  readonly name: string;
  readonly file: string;
  readonly state: 'imported' | 'importable' | 'skipped' | 'failed';
  /** Why it was skipped or failed. */
  readonly why: string | null;
  /** Null where it is skipped. */
  readonly workload: string | null;
  readonly source: string | null;
  /** Names of the secrets that hold the values of its variables. */
  readonly secrets: readonly { readonly name: string; readonly target: string }[];
}

export interface ImportResult {
  readonly entries: readonly ImportedEntry[];
  /** Keys and values of variables are masked. */
  readonly changes: readonly ClientFileChange[];
  readonly warnings: readonly string[];
}

/** Takes the servers of an AI client under Holdfast's care. */
export interface ClientImports {
  /**
   * Makes a workload of each entry, then lets these take the entries' places in the file, in one edit. An entry whose workload does not start
   * stays as it is; where the file cannot be edited nothing is left of any.
   * @throws HF_CLIENT_UNKNOWN, HF_CLIENT_FILE_…, HF_USAGE where a name is none of the file's, and as `Secrets.set`
   */
  run(order: ImportOrder, progress: Progress, signal: AbortSignal): Promise<ImportResult>;
}
