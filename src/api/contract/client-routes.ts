import * as z from 'zod';
import {
  clientChangesSchema,
  clientListSchema,
  clientOutcomesSchema,
  clientUrlSchema,
  registeredListSchema,
  registerRequestSchema,
  removeClientsRequestSchema,
  restoreRequestSchema,
} from './clients.ts';

/** Paths about AI clients and their configuration files. */
export const clientRoutes = {
  clients: {
    method: 'get',
    path: '/v1/clients',
    summary: 'All AI clients that are known, and how the entries in their files stand',
    answer: { kind: 'json', schema: clientListSchema },
  },
  registeredClients: {
    method: 'get',
    path: '/v1/clients/registered',
    summary: 'The clients that are registered',
    answer: { kind: 'json', schema: registeredListSchema },
  },
  registerClients: {
    method: 'post',
    path: '/v1/clients/register',
    summary: 'Register clients and write the workloads into their files',
    body: registerRequestSchema,
    answer: { kind: 'json', schema: clientOutcomesSchema },
  },
  removeClients: {
    method: 'post',
    path: '/v1/clients/remove',
    summary: 'Revoke keys of clients and take everything out of their files',
    body: removeClientsRequestSchema,
    answer: { kind: 'json', schema: clientOutcomesSchema },
  },
  clientDiff: {
    method: 'get',
    path: '/v1/clients/:name/diff',
    summary: 'What Holdfast changed in the files of a client',
    answer: { kind: 'json', schema: clientChangesSchema },
  },
  restoreClient: {
    method: 'post',
    path: '/v1/clients/:name/restore',
    summary: 'Take everything out of the files of a client and end its registration',
    body: restoreRequestSchema,
    answer: { kind: 'json', schema: clientChangesSchema },
  },
  clientUrl: {
    method: 'get',
    path: '/v1/workloads/:name/client-url',
    summary: 'The URL of a workload for one registered client, with its key',
    query: z.strictObject({ client: z.string() }),
    answer: { kind: 'json', schema: clientUrlSchema },
  },
} as const;
