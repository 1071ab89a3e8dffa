import type { ClientOutcome, ClientView, RegisteredClient } from '../../core/ports/clients.ts';
import type { Client, ClientOutcomes, RegisteredList } from '../contract/clients.ts';
import { isoTime } from './present-workload.ts';

/** A client as the API shows it. */
export function presentClient(view: ClientView): Client {
  const { registration, watchesFile } = view;
  return {
    client_type: view.id,
    name: view.name,
    installed: view.installed,
    registered: registration !== null,
    editable: view.editable,
    watches_file: watchesFile === 'unknown' ? null : watchesFile,
    advice: view.advice,
    groups: registration?.groups ? [...registration.groups] : null,
    client_refresh: registration?.refresh ?? null,
    since: registration ? isoTime(registration.since) : null,
    files: view.files.map(({ file, exists, entries, problem }) => ({
      file,
      exists,
      entries: Object.entries(entries)
        .map(([name, state]) => ({ name, state }))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
      problem,
    })),
  };
}

export function presentRegistered(registered: RegisteredClient): RegisteredList['clients'][number] {
  const { client, name, groups, refresh, since } = registered;
  return { client_type: client, name, groups: groups && [...groups], client_refresh: refresh, since: isoTime(since) };
}

export function presentOutcomes(outcomes: readonly ClientOutcome[]): ClientOutcomes {
  return { results: outcomes.map(({ client, changes, problem }) => ({ client_type: client, changes: [...changes], problem })) };
}
