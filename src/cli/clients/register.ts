import type { ApiClient } from '../../api/connect/client.ts';
import type { ClientList, ClientOutcomes } from '../../api/contract/clients.ts';
import type { Output } from '../output/output.ts';
import { changedFiles, showOutcomes } from './outcomes.ts';

export interface Registering {
  readonly clients: readonly string[];
  /** Absent = as before; of a new one all. */
  readonly groups: readonly string[] | undefined;
  /** Absent = as before; of a new one the workloads' own. */
  readonly refresh: 'auto' | 'always' | 'never' | undefined;
  readonly force: boolean;
  readonly dryRun: boolean;
}

/** Registers clients, and says what their users have to do now. @returns the exit code */
export async function registerClients(api: ApiClient, output: Output, order: Registering): Promise<number> {
  const { clients, groups, refresh, force, dryRun } = order;
  const body = {
    clients,
    force,
    dry_run: dryRun,
    ...(groups === undefined ? {} : { groups }),
    ...(refresh === undefined ? {} : { client_refresh: refresh }),
  };
  const outcomes = await api.json<ClientOutcomes>({ method: 'POST', path: '/v1/clients/register', body });
  const exit = showOutcomes(output, outcomes, dryRun, (outcome) => `${outcome.client_type} is registered: ${changedFiles(outcome)}`);
  if (!dryRun && !output.json) await advise(api, output, outcomes);
  return exit;
}

async function advise(api: ApiClient, output: Output, { results }: ClientOutcomes): Promise<void> {
  const changed = new Set(
    results.filter(({ changes }) => changes.some(({ diff }) => diff !== '')).map(({ client_type: client }) => client),
  );
  if (changed.size === 0) return;
  const { clients } = await api.json<ClientList>({ method: 'GET', path: '/v1/clients' });
  for (const { client_type: client, name, advice } of clients)
    if (changed.has(client) && advice !== null) output.note(`${name}: ${advice}`);
}
