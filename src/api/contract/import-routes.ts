import { importRequestSchema, importResultSchema } from './imports.ts';

/** Paths about what AI clients have already. */
export const importRoutes = {
  importServers: {
    method: 'post',
    path: '/v1/clients/:name/import',
    summary: 'Make workloads of the servers that the file of a client names',
    body: importRequestSchema,
    answer: { kind: 'operation', schema: importResultSchema },
  },
} as const;
