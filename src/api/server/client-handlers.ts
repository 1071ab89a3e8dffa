import type { Clients } from '../../core/ports/clients.ts';
import type { clientRoutes } from '../contract/client-routes.ts';
import { HoldfastError } from '../contract/errors.ts';
import type { Handlers } from './handler.ts';
import { presentClient, presentOutcomes, presentRegistered } from './present-client.ts';

/** The operations about AI clients. */
export function createClientHandlers(clients: Clients): Pick<Handlers, keyof typeof clientRoutes> {
  return {
    clients: async () => ({ clients: (await clients.list()).map(presentClient) }),
    registeredClients: () => ({ clients: clients.registered().map(presentRegistered) }),
    registerClients: async ({ body }) => {
      const { groups, client_refresh: refresh, force = false, dry_run: dryRun = false } = body;
      return presentOutcomes(await clients.register({ clients: body.clients, groups, refresh, force, dryRun }));
    },
    removeClients: async ({ body }) => {
      if (body.all === true) return presentOutcomes(await clients.remove('all', body.dry_run ?? false));
      if (body.clients === undefined || body.clients.length === 0)
        throw new HoldfastError('HF_USAGE', { what: 'No client is named', fix: 'Name clients, or say that all are meant.' });
      return presentOutcomes(await clients.remove(body.clients, body.dry_run ?? false));
    },
    clientDiff: async ({ name }) => ({ changes: [...(await clients.diff(name))] }),
    restoreClient: async ({ name, body }) => ({ changes: [...(await clients.restore(name, body.force ?? false, body.dry_run ?? false))] }),
    clientUrl: async ({ name, query }) => ({ url: await clients.url(name, query.client) }),
  };
}
