import type { Dirent } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../core/ports/log.ts';
import type { StoredWorkload } from '../core/ports/state-store.ts';
import { isLegalName } from '../core/workload/names.ts';
import type { WorkloadStatus } from '../core/workload/status.ts';
import { TEMPORARY_SUFFIX, writeFileAtomically } from './atomic-write.ts';
import { formatFile, formatText, readFormat } from './format.ts';
import { readJournalHeader, sessionJournalFile } from './journal-format.ts';
import { setAside } from './set-aside.ts';
import { refuseNewer, type StoredFile } from './stored-file.ts';
import { type FoundWorkload, isTombstone, readWorkloadFolder, specFile, statusFile } from './workload-folder.ts';
import { systemCode, systemReason } from './write-error.ts';

interface LoadOptions {
  readonly dir: string;
  readonly root: string;
  readonly log: Log;
  readonly now: () => number;
}

interface SetAsideFile {
  readonly file: string;
  readonly why: string;
}

/** Folders that are read at once. */
const CONCURRENT_READS = 16;

/**
 * First reads everything, so that state of a newer Holdfast is refused before anything was touched; then sets aside what is damaged and
 * deletes what was left half-done. Whatever cannot be written is logged: a full disk must not keep the workloads from starting.
 * @throws HF_STATE_NEWER
 */
export async function loadState(options: LoadOptions): Promise<{ workloads: StoredWorkload[]; setAside: SetAsideFile[] }> {
  const { dir, root, log } = options;
  const format = await readFormat(dir);
  refuseNewer(formatFile(dir), format);
  refuseNewer(sessionJournalFile(dir), await readJournalHeader(dir));
  const { entries, strange, why } = await listFolder(root);
  const found = await readAll(root, entries.filter(isLegalName));

  const aside: SetAsideFile[] = [];
  if (why !== null) aside.push(await moveAside(options, root, why));
  for (const name of strange.filter(isLegalName)) aside.push(await moveAside(options, join(root, name), 'it is not a folder'));
  if (format.kind === 'damaged') aside.push(await moveAside(options, formatFile(dir), format.why));
  if (format.kind !== 'good') await writeFormat(dir, log);
  for (const entry of entries.filter(isTombstone)) await deleteQuietly(join(root, entry), log);

  const workloads: StoredWorkload[] = [];
  for (const { folder, spec, status } of found) {
    for (const file of [specFile(folder), statusFile(folder)]) await deleteQuietly(file + TEMPORARY_SUFFIX, log);
    if (spec.kind === 'damaged') aside.push(await moveAside(options, specFile(folder), spec.why));
    if (status.kind === 'damaged') aside.push(await moveAside(options, statusFile(folder), status.why));
    if (spec.kind === 'good') workloads.push({ spec: spec.value, status: statusOf(spec.value.id, status) });
  }
  return { workloads, setAside: aside };
}

/** Null also for a status that belongs to an earlier workload of the same name. */
function statusOf(specId: string, status: StoredFile<WorkloadStatus>): WorkloadStatus | null {
  return status.kind === 'good' && status.value.specId === specId ? status.value : null;
}

interface Listing {
  /** Folders, and links that may lead to one. */
  readonly entries: string[];
  /** Everything else. */
  readonly strange: string[];
  /** The folder is there but is none, or cannot be read. */
  readonly why: string | null;
}

async function listFolder(root: string): Promise<Listing> {
  try {
    const found = (await readdir(root, { withFileTypes: true })).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const isFolder = (entry: Dirent): boolean => entry.isDirectory() || entry.isSymbolicLink();
    return {
      entries: found.filter((entry) => isFolder(entry)).map(({ name }) => name),
      strange: found.filter((entry) => !isFolder(entry)).map(({ name }) => name),
      why: null,
    };
  } catch (thrown) {
    const why = systemCode(thrown) === 'ENOENT' ? null : `it cannot be read: ${systemReason(thrown)}`;
    return { entries: [], strange: [], why };
  }
}

/** @throws HF_STATE_NEWER */
async function readAll(root: string, names: readonly string[]): Promise<FoundWorkload[]> {
  const found: FoundWorkload[] = [];
  for (let at = 0; at < names.length; at += CONCURRENT_READS) {
    found.push(...(await Promise.all(names.slice(at, at + CONCURRENT_READS).map((name) => readWorkloadFolder(root, name)))));
  }
  for (const { folder, spec, status } of found) {
    refuseNewer(specFile(folder), spec);
    refuseNewer(statusFile(folder), status);
  }
  return found;
}

async function moveAside({ log, now }: LoadOptions, file: string, why: string): Promise<SetAsideFile> {
  let moved = file;
  try {
    moved = await setAside(file, now());
  } catch (thrown) {
    log.warn('A damaged state file could not be set aside', { file, why: systemReason(thrown) });
  }
  log.error('A state file is damaged; it was set aside', { file: moved, why });
  return { file: moved, why };
}

async function writeFormat(dir: string, log: Log): Promise<void> {
  try {
    await writeFileAtomically(formatFile(dir), formatText, true);
  } catch (thrown) {
    log.warn('The format of the state folder could not be written down', { file: formatFile(dir), why: systemReason(thrown) });
  }
}

async function deleteQuietly(path: string, log: Log): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (thrown) {
    log.warn('A left-over of an earlier run could not be deleted', { path, why: systemReason(thrown) });
  }
}
