import type { ClientEdit } from '../../core/ports/client-config.ts';
import { type Fields, isFields, type Value } from '../editors/value.ts';
import { type FileRecord, isStillOurs } from '../ledger/record.ts';
import { plainValue } from './take-over.ts';

/**
 * What is kept of users' own fields once the edits are made: those of entries that come back, by name.
 * @param kept what is kept so far
 * @param record what is ours in the file
 * @param servers what the file has before the edits
 */
export function keptAdditions(
  kept: ReadonlyMap<string, Fields>,
  edits: readonly ClientEdit[],
  record: FileRecord | undefined,
  servers: ReadonlyMap<string, Value> | undefined,
): ReadonlyMap<string, Fields> {
  const next = new Map(kept);
  for (const edit of edits) {
    if ('write' in edit) next.delete(edit.write.name);
    if (!('remove' in edit)) continue;
    const ours = record?.entries[edit.remove];
    const current = servers?.get(edit.remove);
    if (edit.comesBack !== true) next.delete(edit.remove);
    else if (ours !== undefined && isFields(current) && isStillOurs(ours, current)) {
      const added = Object.entries(current).filter(([field]) => !Object.hasOwn(ours.fields, field));
      if (added.length > 0) next.set(edit.remove, plainValue(Object.fromEntries(added)) as Fields);
      else next.delete(edit.remove);
    }
  }
  return next;
}

/** Fields for an entry that is new in its file: what the client needs, then what its user had added. */
export function initialFields(initial: Fields, owned: Fields, added: Fields | undefined): Fields {
  const fields = Object.entries({ ...initial, ...added }).filter(([field]) => !Object.hasOwn(owned, field));
  return Object.fromEntries(fields);
}
