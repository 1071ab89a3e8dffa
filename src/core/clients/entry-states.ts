import type { ClientStatus, EntryState } from '../ports/client-config.ts';

/** The one that counts where a name stands differently in several files of a client: what must not be touched goes first. */
const ORDER: readonly EntryState[] = ['foreign', 'taken-out', 'changed', 'lost', 'written', 'absent'];

/** How each name stands in the files of a client, taken together. */
export function entryStates({ files }: Pick<ClientStatus, 'files'>): Map<string, EntryState> {
  const states = new Map<string, EntryState>();
  for (const { entries } of files) {
    for (const [name, state] of Object.entries(entries)) {
      const known = states.get(name);
      if (known === undefined || ORDER.indexOf(state) < ORDER.indexOf(known)) states.set(name, state);
    }
  }
  return states;
}

/** Whether Holdfast has something to take out under that name, or to forget. */
export function isOurs(state: EntryState | undefined): boolean {
  return state !== undefined && state !== 'foreign' && state !== 'absent';
}
