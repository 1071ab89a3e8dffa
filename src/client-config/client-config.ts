import { lstat, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HoldfastError } from '../core/errors/holdfast-error.ts';
import type { ClientConfig, ClientEdit, ClientFileChange, ClientStatus } from '../core/ports/client-config.ts';
import type { Clock, Random } from '../core/ports/clock.ts';
import type { Descriptor } from './descriptors/descriptor.ts';
import { descriptors } from './descriptors/descriptors.ts';
import { findDescriptor } from './descriptors/find-descriptor.ts';
import { unifiedDiff } from './diff/unified-diff.ts';
import { editClientFile, type FileChange, type FileOrder, undoEdits } from './file-edits.ts';
import { fileStatus } from './file-status.ts';
import { type Candidate, candidateFiles, type Surroundings, targetFiles } from './files/candidates.ts';
import { foreignServers } from './import/foreign-servers.ts';
import { Ledger } from './ledger/ledger.ts';
import { systemCode } from './writer/system-error.ts';

/** What the adapter needs. */
export interface ClientConfigOptions {
  readonly surroundings: Surroundings;
  /** Private folder of this Holdfast for what it wrote where, and for backups; absolute. */
  readonly folder: string;
  readonly clock: Clock;
  readonly random: Random;
}

/** The clients' configuration on this machine. */
export function createClientConfig(options: ClientConfigOptions): ClientConfig {
  const { surroundings, folder, clock, random } = options;
  const ledger = new Ledger(folder);
  const inOrder = queues();
  const order = (descriptor: Descriptor, file: string, how: Pick<FileOrder, 'edits' | 'dryRun' | 'force'>): FileOrder => ({
    descriptor,
    file,
    ledger,
    clock,
    random,
    ...how,
  });

  const edit = async (client: string, edits: readonly ClientEdit[], dryRun: boolean): Promise<FileChange[]> => {
    const descriptor = findDescriptor(client);
    const candidates = editable(descriptor, surroundings);
    const present = await presentFiles(candidates);
    const targets = targetFiles(candidates, (file) => present.has(file));
    await refuseDoubles(descriptor, candidates, targets, present, edits, ledger, clock);
    return eachFile(candidates, (file) => {
      const forFile = targets.includes(file) ? edits : edits.filter((one) => !('write' in one));
      return editClientFile(order(descriptor, file, { edits: forFile, dryRun, force: false }));
    });
  };

  const undo = async (client: string, force: boolean, dryRun: boolean): Promise<FileChange[]> => {
    const descriptor = findDescriptor(client);
    return eachFile(editable(descriptor, surroundings), async (file) => {
      const edits = await undoEdits(ledger, file);
      return editClientFile(order(descriptor, file, { edits, dryRun, force }));
    });
  };

  return {
    known: () =>
      descriptors.map((descriptor) => ({
        id: descriptor.id,
        name: descriptor.name,
        editable: candidateFiles(descriptor, surroundings).length > 0,
        watchesFile: descriptor.reactions.watchesFile,
        noticesWithinMs: descriptor.reactions.noticesWithinMs ?? null,
        advice: descriptor.reactions.advice ?? null,
      })),
    status: (client) => inOrder(client, () => status(findDescriptor(client), options, ledger)),
    fingerprint: (client) => fingerprint(candidateFiles(findDescriptor(client), surroundings)),
    servers: (client) => inOrder(client, () => foreignServers(findDescriptor(client), options, ledger)),
    edit: (client, edits, dryRun) => inOrder(client, async () => (await edit(client, edits, dryRun)).map(shown)),
    diff: (client) => inOrder(client, async () => (await undo(client, false, true)).map(turned).map(shown)),
    restore: (client, force, dryRun) => inOrder(client, async () => (await undo(client, force, dryRun)).map(shown)),
  };
}

async function status(descriptor: Descriptor, { surroundings, clock }: ClientConfigOptions, ledger: Ledger): Promise<ClientStatus> {
  const candidates = candidateFiles(descriptor, surroundings);
  const present = await presentFiles(candidates);
  const targets = targetFiles(candidates, (file) => present.has(file));
  const listed = candidates.filter(({ file }) => present.has(file) || targets.includes(file));
  const files = await Promise.all(listed.map(({ file }) => fileStatus(descriptor, file, ledger, clock)));
  const folders = candidates.map(({ file }) => dirname(file)).filter((folder) => folder !== surroundings.home);
  const folderThere = await presentFiles(folders.map((file) => ({ file, role: 'main' })));
  return { client: descriptor.id, installed: present.size > 0 || folderThere.size > 0, files };
}

/** @throws HF_CLIENT_FILE_UNKNOWN */
function editable(descriptor: Descriptor, surroundings: Surroundings): Candidate[] {
  const candidates = candidateFiles(descriptor, surroundings);
  if (candidates.length > 0) return candidates;
  const why = descriptor.support === 'no-file' ? 'it has no such file' : `its place on ${surroundings.platform} is not known`;
  throw new HoldfastError('HF_CLIENT_FILE_UNKNOWN', {
    what: `${descriptor.name} has no file to edit`,
    why,
    data: { client: descriptor.id },
  });
}

/** Links count, also those that lead nowhere. */
async function presentFiles(candidates: readonly Candidate[]): Promise<Set<string>> {
  const found = await Promise.all(
    candidates.map(({ file }) =>
      lstat(file).then(
        () => file,
        () => undefined,
      ),
    ),
  );
  return new Set(found.filter((file) => file !== undefined));
}

async function fingerprint(candidates: readonly Candidate[]): Promise<string> {
  const stamps = await Promise.all(
    candidates.map(({ file }) =>
      stat(file).then(
        ({ ino, size, mtimeMs }) => `${ino} ${size} ${mtimeMs}`,
        // Not there, or not to be had: that changes as well.
        (thrown: unknown) => systemCode(thrown) ?? String(thrown),
      ),
    ),
  );
  return stamps.join('; ');
}

/** The client merges these files, so a name must be in one of them only. @throws HF_CLIENT_FILE_FOREIGN */
async function refuseDoubles(
  descriptor: Descriptor,
  candidates: readonly Candidate[],
  targets: readonly string[],
  present: ReadonlySet<string>,
  edits: readonly ClientEdit[],
  ledger: Ledger,
  clock: Clock,
): Promise<void> {
  for (const { file, role } of candidates) {
    if (role === 'legacy' || targets.includes(file) || !present.has(file)) continue;
    const { entries } = await fileStatus(descriptor, file, ledger, clock);
    const taken = new Set(edits.flatMap((edit) => ('take' in edit ? [edit.take] : [])));
    const double = edits.find((edit) => 'write' in edit && entries[edit.write.name] === 'foreign' && !taken.has(edit.write.name));
    if (double === undefined || !('write' in double)) continue;
    const what = `${descriptor.name} already has an entry named ${JSON.stringify(double.write.name)} in ${file}`;
    throw new HoldfastError('HF_CLIENT_FILE_FOREIGN', { what, why: 'Holdfast did not write it', data: { client: descriptor.id, file } });
  }
}

/** One file that cannot be edited does not keep the others from it; its error comes at the end. */
async function eachFile(candidates: readonly Candidate[], run: (file: string) => Promise<FileChange | undefined>): Promise<FileChange[]> {
  const changes: FileChange[] = [];
  const errors: unknown[] = [];
  for (const { file } of candidates) {
    try {
      const change = await run(file);
      if (change !== undefined) changes.push(change);
    } catch (thrown) {
      errors.push(thrown);
    }
  }
  if (errors.length > 0) throw errors[0];
  return changes;
}

/** Runs tasks of one key one after another. */
function queues(): <T>(key: string, task: () => Promise<T>) => Promise<T> {
  const tails = new Map<string, Promise<unknown>>();
  return (key, task) => {
    const result = (tails.get(key) ?? Promise.resolve()).then(task);
    // The caller gets the failure; the next task runs all the same.
    tails.set(
      key,
      result.catch(() => undefined),
    );
    return result;
  };
}

function shown({ file, before, after }: FileChange): ClientFileChange {
  return { file, diff: unifiedDiff(file, before ?? '', after ?? '') };
}

function turned({ file, before, after }: FileChange): FileChange {
  return { file, before: after, after: before };
}
