import { join } from 'node:path';
import { specSchema, type WorkloadSpec } from '../core/workload/spec.ts';
import { statusSchema, type WorkloadStatus } from '../core/workload/status.ts';
import { readStoredFile, type StoredFile } from './stored-file.ts';

/** Newest schemas of `spec.json` and `status.json` that this program reads; it writes these. */
const SPEC_SCHEMA = 1;
const STATUS_SCHEMA = 1;

/** Begins the name of a folder whose workload was removed and whose files are still to be deleted. No legal name begins so. */
const TOMBSTONE_PREFIX = '.removed-';

export const specFile = (folder: string): string => join(folder, 'spec.json');
export const statusFile = (folder: string): string => join(folder, 'status.json');
export const tombstoneName = (name: string, id: string): string => TOMBSTONE_PREFIX + encodeURIComponent(`${name}-${id}`).slice(0, 200);
export const isTombstone = (entry: string): boolean => entry.startsWith(TOMBSTONE_PREFIX);

/** One workload's folder as it was found. */
export interface FoundWorkload {
  readonly name: string;
  readonly folder: string;
  readonly spec: StoredFile<WorkloadSpec>;
  readonly status: StoredFile<WorkloadStatus>;
}

/** Reads one folder without changing anything; never throws. */
export async function readWorkloadFolder(root: string, name: string): Promise<FoundWorkload> {
  const folder = join(root, name);
  const spec = await readStoredFile(specFile(folder), specSchema, SPEC_SCHEMA);
  const status = await readStoredFile(statusFile(folder), statusSchema, STATUS_SCHEMA);
  if (spec.kind === 'good' && spec.value.name !== name) {
    return { name, folder, spec: { kind: 'damaged', why: 'it names another workload than its folder' }, status };
  }
  return { name, folder, spec, status };
}
