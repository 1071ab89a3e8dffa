import * as z from 'zod';
import type { EngineApi } from './engine-api.ts';
import { isEngineError } from './engine-error.ts';
import type { EngineNetworks, NetworkState } from './engine-networks.ts';
import { parseAnswer } from './http/parse-answer.ts';
import { labelFilter, queryString } from './http/query-string.ts';

const networkSchema = z.object({
  Id: z.string(),
  Name: z.string(),
  Driver: z.string().nullish(),
  Internal: z.boolean().nullish(),
  Labels: z.record(z.string(), z.string()).nullish(),
  Containers: z.record(z.string(), z.unknown()).nullish(),
});

export function createNetworkCalls(api: EngineApi): EngineNetworks {
  return {
    async list(labels) {
      const attempt = 'list networks';
      const path = `/networks${queryString({ filters: labelFilter(labels) })}`;
      const { body } = await api.call({ method: 'GET', path, attempt, subject: 'network' });
      return parseAnswer(z.array(networkSchema), body, attempt).map(networkState);
    },
    async inspect(id) {
      const attempt = `look at the network ${id}`;
      try {
        const { body } = await api.call({ method: 'GET', path: `/networks/${encodeURIComponent(id)}`, attempt, subject: 'network' });
        const network = parseAnswer(networkSchema, body, attempt);
        return { ...networkState(network), connected: Object.keys(network.Containers ?? {}) };
      } catch (error) {
        if (isEngineError(error, 'gone')) return null;
        throw error;
      }
    },
    async create({ name, labels, options, internal }) {
      const attempt = `create the network ${name}`;
      const body = {
        Name: name,
        CheckDuplicate: true,
        Driver: 'bridge',
        Internal: internal ?? false,
        Labels: labels,
        Options: options ?? {},
      };
      const answer = await api.call({ method: 'POST', path: '/networks/create', attempt, subject: 'network', body });
      return parseAnswer(z.object({ Id: z.string() }), answer.body, attempt).Id;
    },
    async remove(id) {
      const attempt = `remove the network ${id}`;
      try {
        await api.call({ method: 'DELETE', path: `/networks/${encodeURIComponent(id)}`, attempt, subject: 'network' });
        return 'removed';
      } catch (error) {
        if (isEngineError(error, 'gone')) return 'absent';
        if (isEngineError(error, 'refused') && error.reason === 'in-use') return 'in-use';
        throw error;
      }
    },
  };
}

function networkState(network: z.infer<typeof networkSchema>): NetworkState {
  return {
    id: network.Id,
    name: network.Name,
    driver: network.Driver ?? '',
    internal: network.Internal ?? false,
    labels: network.Labels ?? {},
  };
}
