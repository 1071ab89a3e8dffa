import { mkdir, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldfastError } from '../core/errors/holdfast-error.ts';
import type { Log } from '../core/ports/log.ts';
import type { StateStore } from '../core/ports/state-store.ts';
import type { WorkloadSpec } from '../core/workload/spec.ts';
import type { WorkloadStatus } from '../core/workload/status.ts';
import { syncFolder, writeFileAtomically } from './atomic-write.ts';
import { KeyedQueue } from './keyed-queue.ts';
import { loadState } from './load-state.ts';
import { specFile, statusFile, tombstoneName } from './workload-folder.ts';
import { stateWriteError, systemReason } from './write-error.ts';

export interface StateStoreOptions {
  /** The state folder. Exists, private, and this process holds its mutex. */
  readonly dir: string;
  readonly log: Log;
  /** ms since the epoch, for the names of files that are set aside. */
  readonly now?: () => number;
}

/** Syncs to disk that run at once: they each hold one of libuv's four threads, and name lookups need these too. */
const CONCURRENT_WRITES = 2;

/**
 * Specs and statuses as JSON files, `workloads/<name>/{spec,status}.json`. `load` comes first: it learns which id each name has, and whose
 * writes are refused from then on. Writes of one name run in the order of the calls.
 */
export function createStateStore(options: StateStoreOptions): StateStore {
  const { dir, log, now = Date.now } = options;
  const root = join(dir, 'workloads');
  const queue = new KeyedQueue(CONCURRENT_WRITES);
  /** Id of the stored spec by name; null until it was loaded. */
  let ids: Map<string, string> | null = null;
  /** Ids that were removed or replaced while this store lived: a late writer must not bring them back. */
  const retired = new Set<string>();

  const loaded = (): Map<string, string> => {
    if (ids === null) throw new HoldfastError('HF_INTERNAL', { what: 'The state store was used before it was loaded' });
    return ids;
  };

  const writeSpec = async (spec: WorkloadSpec): Promise<void> => {
    const index = loaded();
    if (retired.has(spec.id)) {
      log.debug('A replaced workload wrote its spec; ignored', { workload: spec.name, id: spec.id });
      return;
    }
    const folder = join(root, spec.name);
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFileAtomically(specFile(folder), toJson(spec), true);
    } catch (thrown) {
      // Fails, as it should, where an older spec or something that was set aside lies in the folder.
      if (!index.has(spec.name)) await rmdir(folder).catch(() => undefined);
      throw stateWriteError(specFile(folder), thrown);
    }
    const before = index.get(spec.name);
    index.set(spec.name, spec.id);
    if (before !== undefined && before !== spec.id) retired.add(before);
    if (before !== spec.id) await dropStrangeStatus(folder);
  };

  /** A status that another id left. It is ignored at load too, because it names its spec; so a failure here does no harm. */
  const dropStrangeStatus = async (folder: string): Promise<void> => {
    try {
      await rm(statusFile(folder), { force: true });
    } catch (thrown) {
      log.warn('The status of a replaced workload could not be deleted', { folder, why: systemReason(thrown) });
    }
  };

  const writeStatus = async (name: string, status: WorkloadStatus): Promise<void> => {
    const id = loaded().get(name);
    if (id !== status.specId) {
      log.debug('A replaced workload wrote its status; ignored', { workload: name, id: status.specId });
      return;
    }
    await writeFileAtomically(statusFile(join(root, name)), toJson(status), false);
  };

  const removeWorkload = async (name: string, id: string): Promise<void> => {
    const index = loaded();
    if (index.get(name) !== id) return;
    const folder = join(root, name);
    const tombstone = join(root, tombstoneName(name, id));
    try {
      // One rename is the removal; a daemon that dies after it deletes the rest at its next start.
      await rename(folder, tombstone);
    } catch (thrown) {
      throw stateWriteError(folder, thrown);
    }
    index.delete(name);
    retired.add(id);
    try {
      await syncFolder(root);
      await rm(tombstone, { recursive: true, force: true });
    } catch (thrown) {
      log.warn('The files of a removed workload could not be deleted yet', { folder: tombstone, why: systemReason(thrown) });
    }
  };

  return {
    async load() {
      const found = await loadState({ dir, root, log, now });
      ids = new Map(found.workloads.map(({ spec }) => [spec.name, spec.id]));
      return found;
    },
    saveSpec: (spec) => queue.run(spec.name, () => writeSpec(spec)),
    saveStatus: (name, status) => queue.run(name, () => writeStatus(name, status)),
    remove: (name, id) => queue.run(name, () => removeWorkload(name, id)),
  };
}

/** Indented, for the person who has to look into it. */
function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
