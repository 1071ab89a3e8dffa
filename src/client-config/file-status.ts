import { HoldfastError } from '../core/errors/holdfast-error.ts';
import type { ClientFileStatus, EntryState } from '../core/ports/client-config.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Descriptor } from './descriptors/descriptor.ts';
import { readServers } from './editors/edit-entry.ts';
import { editorOf, targetOf } from './editors/editor-of.ts';
import type { Ledger } from './ledger/ledger.ts';
import { entryState } from './ledger/record.ts';
import { useSettled } from './writer/settled-file.ts';

/** How one file of a client stands. A file that cannot be edited is a `problem`. @throws what is not an error about that file */
export async function fileStatus(descriptor: Descriptor, path: string, ledger: Ledger, clock: Clock): Promise<ClientFileStatus> {
  try {
    return await useSettled(path, clock, async (file) => {
      const exists = file.bytes !== null;
      const remembered = await ledger.load(file.real);
      const { servers } = readServers(editorOf(descriptor), file.text, targetOf(descriptor, path));
      const record = ledger.takenOut.withReturned(file.real, remembered?.record, () => servers, clock.now());
      const foreign = [...(servers?.keys() ?? [])].map((name): [string, EntryState] => [name, 'foreign']);
      const ours = Object.entries(record?.entries ?? {}).map(([name, entry]): [string, EntryState] => [
        name,
        entryState(entry, servers?.get(name), file.modifiedAt),
      ]);
      return { file: path, exists, entries: Object.fromEntries([...foreign, ...ours]), problem: null };
    });
  } catch (thrown) {
    if (!(thrown instanceof HoldfastError)) throw thrown;
    return { file: path, exists: true, entries: {}, problem: { code: thrown.code, message: thrown.message } };
  }
}
