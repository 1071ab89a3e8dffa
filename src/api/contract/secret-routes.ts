import {
  secretDeleteResultSchema,
  secretListSchema,
  secretProvidersSchema,
  secretSetRequestSchema,
  secretSetResultSchema,
  secretSetupRequestSchema,
  secretValueSchema,
} from './secrets.ts';

/** Paths of secrets. */
export const secretRoutes = {
  secretList: {
    method: 'get',
    path: '/v1/secrets',
    summary: 'Names of the secrets, sorted',
    answer: { kind: 'json', schema: secretListSchema },
  },
  secretGet: {
    method: 'get',
    path: '/v1/secrets/:name',
    summary: 'The value of a secret',
    answer: { kind: 'json', schema: secretValueSchema },
  },
  secretSet: {
    method: 'post',
    path: '/v1/secrets/:name',
    summary: 'Make or change a secret; servers get it at their next start',
    body: secretSetRequestSchema,
    answer: { kind: 'json', schema: secretSetResultSchema },
  },
  secretDelete: {
    method: 'delete',
    path: '/v1/secrets/:name',
    summary: 'Forget a secret',
    answer: { kind: 'json', schema: secretDeleteResultSchema },
  },
  secretProviders: {
    method: 'get',
    path: '/v1/secret-providers',
    summary: 'Where secrets can be kept, and where they are',
    answer: { kind: 'json', schema: secretProvidersSchema },
  },
  secretSetup: {
    method: 'post',
    path: '/v1/secret-providers',
    summary: 'Choose a provider, hand over a passphrase',
    body: secretSetupRequestSchema,
    answer: { kind: 'json', schema: secretProvidersSchema },
  },
} as const;
