import { readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unitSlug } from './log/server-logs.ts';

/** What a later Holdfast has to know about an HTTP server that is still running. */
export interface BackendRecord {
  readonly bootId: string;
  readonly pid: number;
  readonly startTime: string;
  /** The shell in front of it: leads its session and writes its exit status down. */
  readonly leader: { readonly pid: number; readonly startTime: string };
  readonly port: number;
  readonly unit: string | null;
  /** Offset in the log at which it began. */
  readonly logStart: number;
}

/**
 * `<state folder>/run/<workload>/<generation>[-<hash of unit>]/`, one for each HTTP server that runs:
 * `backend.json` as above, `alive` (a FIFO that the server and its shell hold open), `status` (its exit status, once it has one).
 */
export interface RunFolder {
  readonly path: string;
  /** Makes it anew, empty. */
  create(): Promise<void>;
  write(record: BackendRecord): Promise<void>;
  /** Null where there is none, or it is not whole. */
  read(): Promise<BackendRecord | null>;
  /** What the shell wrote when the server died; null while it lives, or when the shell died with it. */
  status(): string | null;
  remove(): Promise<void>;
}

export function runFolder(root: string, workload: string, generation: number, unit: string | null): RunFolder {
  return folderAt(join(root, workload, unit === null ? String(generation) : `${generation}-${unitSlug(unit)}`));
}

/** All folders of a workload, with their generations. */
export async function runFolders(root: string, workload: string): Promise<{ readonly generation: number; readonly folder: RunFolder }[]> {
  const parent = join(root, workload);
  // No folder: it never had an HTTP server.
  const names = await readdir(parent).catch(() => []);
  return names.map((name) => ({ generation: Number.parseInt(name, 10), folder: folderAt(join(parent, name)) }));
}

function folderAt(path: string): RunFolder {
  return {
    path,
    async create() {
      await rm(path, { recursive: true, force: true });
      await mkdir(path, { recursive: true, mode: 0o700 });
    },
    async write(record) {
      await writeFile(join(path, 'backend.json.new'), JSON.stringify(record), { mode: 0o600 });
      await rename(join(path, 'backend.json.new'), join(path, 'backend.json'));
    },
    async read() {
      const text = await readFile(join(path, 'backend.json'), 'utf8').catch(() => null);
      return text === null ? null : parseRecord(text);
    },
    status() {
      try {
        // A few bytes, read while requests wait for the next generation: quicker than the thread pool.
        return readFileSync(join(path, 'status'), 'latin1') || null;
      } catch {
        // Not written: it lives, or its shell died with it.
        return null;
      }
    },
    remove: () => rm(path, { recursive: true, force: true }),
  };
}

function parseRecord(text: string): BackendRecord | null {
  try {
    const record = JSON.parse(text) as BackendRecord;
    const whole = Number.isInteger(record.pid) && Number.isInteger(record.port) && typeof record.leader.startTime === 'string';
    return whole ? record : null;
  } catch {
    // Written atomically, so not by us: as good as none.
    return null;
  }
}
