import { isUtf8 } from 'node:buffer';
import type { SecretProviderView } from '../../core/ports/secrets.ts';
import { deleteSecret, getSecret, listSecrets, setSecret, setUpSecrets } from '../../usecases/secrets.ts';
import type { SecretProviders } from '../contract/secrets.ts';
import type { ApiDeps } from './deps.ts';
import type { Handlers } from './handler.ts';

type SecretOperation = 'secretList' | 'secretGet' | 'secretSet' | 'secretDelete' | 'secretProviders' | 'secretSetup';

/** The operations on secrets. */
export function secretHandlers(deps: Pick<ApiDeps, 'secrets' | 'workloads'>): Pick<Handlers, SecretOperation> {
  return {
    secretList: async () => {
      const { provider, names } = await listSecrets(deps);
      return { provider, secrets: names.map((name) => ({ name })) };
    },
    secretGet: async ({ name }) => {
      const value = Buffer.from(await getSecret(deps, name));
      const encoding = isUtf8(value) ? 'utf8' : 'base64';
      return { name, value: value.toString(encoding), encoding };
    },
    secretSet: async ({ name, body }) => {
      const { provider, users } = await setSecret(deps, name, Buffer.from(body.value, body.encoding));
      return { name, provider, used_by: users };
    },
    secretDelete: async ({ name }) => ({ deleted: name, used_by: (await deleteSecret(deps, name)).users }),
    secretProviders: async () => presentProviders(await deps.secrets.providers()),
    secretSetup: async ({ body: { provider, passphrase } }) => presentProviders(await setUpSecrets(deps, { provider, passphrase })),
  };
}

function presentProviders(views: readonly SecretProviderView[]): SecretProviders {
  return {
    providers: views.map(({ name, active, chosen, readOnly, where, problem }) => ({
      name,
      active,
      chosen,
      read_only: readOnly,
      where,
      problem,
    })),
  };
}
