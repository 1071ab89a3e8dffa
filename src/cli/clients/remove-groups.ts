import type { ApiClient } from '../../api/connect/client.ts';
import type { ClientOutcomes, RegisteredList } from '../../api/contract/clients.ts';
import { usage } from '../usage.ts';

export interface GroupRemoval {
  /** Ids of clients; null = all that are registered. */
  readonly clients: readonly string[] | null;
  readonly groups: readonly string[];
  readonly dryRun: boolean;
}

/**
 * Takes the workloads of some groups out of clients. A client that no group is left of is removed.
 * @throws HF_USAGE for one that is registered for all groups: which ones are left cannot be said
 */
export async function removeGroups(api: ApiClient, { clients, groups, dryRun }: GroupRemoval): Promise<ClientOutcomes> {
  const { clients: registered } = await api.json<RegisteredList>({ method: 'GET', path: '/v1/clients/registered' });
  const ids = clients ?? registered.map(({ client_type: client }) => client);
  const plans = ids.map((client) => {
    const known = registered.find(({ client_type: id }) => id === client);
    if (known?.groups === null)
      throw usage(
        `${client} is registered for all groups, so that single ones cannot be taken out`,
        `Name those that stay: \`holdfast client register ${client} --group GROUP,…\`.`,
      );
    return { client, left: (known?.groups ?? []).filter((group) => !groups.includes(group)) };
  });
  const results: ClientOutcomes['results'] = [];
  for (const { client, left } of plans) {
    const call =
      left.length === 0
        ? { path: '/v1/clients/remove', body: { clients: [client], dry_run: dryRun } }
        : { path: '/v1/clients/register', body: { clients: [client], groups: left, force: true, dry_run: dryRun } };
    results.push(...(await api.json<ClientOutcomes>({ method: 'POST', ...call })).results);
  }
  return { results };
}
