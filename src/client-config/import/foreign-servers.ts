import type { ForeignServer } from '../../core/ports/client-config.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Descriptor } from '../descriptors/descriptor.ts';
import { readServers } from '../editors/edit-entry.ts';
import { editorOf, targetOf } from '../editors/editor-of.ts';
import { isFields, type Value } from '../editors/value.ts';
import { candidateFiles, type Surroundings } from '../files/candidates.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { useSettled } from '../writer/settled-file.ts';
import { isDisabled, readConnection } from './read-connection.ts';

/** Where Claude Code keeps the servers of projects: by folder, each with the key that the whole file has. */
const PROJECTS = 'projects';

/** The entries of a client's files that Holdfast did not write. @throws HF_CLIENT_FILE_… */
export async function foreignServers(
  descriptor: Descriptor,
  { surroundings, clock }: { readonly surroundings: Surroundings; readonly clock: Clock },
  ledger: Ledger,
): Promise<ForeignServer[]> {
  const found: ForeignServer[] = [];
  for (const { file } of candidateFiles(descriptor, surroundings)) {
    const read = await useSettled(file, clock, (current) => ({
      real: current.real,
      ...readServers(editorOf(descriptor), current.text, targetOf(descriptor, file)),
    }));
    const ours = (await ledger.load(read.real))?.record.entries ?? {};
    for (const [name, value] of read.servers ?? []) if (!Object.hasOwn(ours, name)) found.push(server(file, name, value, null));
    found.push(...projectServers(file, read.reading.meaning, descriptor.key));
  }
  return found;
}

function projectServers(file: string, meaning: Value, key: string): ForeignServer[] {
  const projects = isFields(meaning) ? meaning[PROJECTS] : undefined;
  if (!isFields(projects)) return [];
  return Object.entries(projects).flatMap(([folder, project]) => {
    const servers = isFields(project) ? project[key] : undefined;
    return isFields(servers) ? Object.entries(servers).map(([name, value]) => server(file, name, value, folder)) : [];
  });
}

function server(file: string, name: string, value: Value, project: string | null): ForeignServer {
  return { name, file, project, disabled: isDisabled(value), connection: readConnection(value) };
}
