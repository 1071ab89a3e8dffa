import type { SecretDeleteResult, SecretList, SecretProviders, SecretSetupRequest, SecretValue } from '../../api/contract/secrets.ts';
import { command } from '../command.ts';
import type { Context } from '../context.ts';
import { choice } from '../flags/flag.ts';
import { quietFlag } from '../flags/shared.ts';
import { table } from '../output/table.ts';
import { usage } from '../usage.ts';

const PROVIDERS = ['keyring', 'encrypted', 'environment'] as const;
const PROVIDERS_PATH = '/v1/secret-providers';

/** Path of a secret at the control API. */
export const secretPath = (name: string): string => `/v1/secrets/${encodeURIComponent(name)}`;

export const secretSetupCommand = command({
  name: 'secret setup',
  summary: 'Choose where secrets are kept, and see whether that works',
  description:
    "Without --provider the system's keyring is used where there is one, else an encrypted file.\n" +
    'HOLDFAST_SECRETS_PASSPHRASE of this shell is handed to the daemon, which keeps it in memory: it opens the encrypted file, or encrypts it anew with it',
  args: [],
  flags: { provider: choice(PROVIDERS, 'Where secrets are kept') },
  examples: ['holdfast secret setup', 'holdfast secret setup --provider encrypted'],
  async run({ flags }, context) {
    const passphrase = context.env['HOLDFAST_SECRETS_PASSPHRASE'];
    const body: SecretSetupRequest = {
      ...(flags.provider === undefined ? {} : { provider: flags.provider }),
      ...(passphrase === undefined || passphrase === '' ? {} : { passphrase }),
    };
    const answer = await (await context.api()).json<SecretProviders>({ method: 'POST', path: PROVIDERS_PATH, body });
    return showProviders(context, answer);
  },
});

export const secretProviderCommand = command({
  name: 'secret provider',
  summary: 'Show where secrets are kept, or choose it',
  description:
    'keyring: the keyring of the system. encrypted: a file (AES-256-GCM) whose key is a passphrase, an entry of the keyring, or a file beside it.\n' +
    'environment: variables HOLDFAST_SECRET_NAME of the daemon, read-only; they are looked at under every provider.\n' +
    'Secrets are not moved from one provider to another',
  args: [{ name: 'NAME', summary: PROVIDERS.join(', '), required: false, completes: PROVIDERS }],
  flags: {},
  examples: ['holdfast secret provider', 'holdfast secret provider encrypted'],
  async run({ words: [name] }, context) {
    const provider = PROVIDERS.find((one) => one === name);
    if (name !== undefined && provider === undefined)
      throw usage(`${JSON.stringify(name)} is no provider of secrets`, `Use one of ${PROVIDERS.join(', ')}.`);
    const api = await context.api();
    const call =
      provider === undefined
        ? ({ method: 'GET', path: PROVIDERS_PATH } as const)
        : ({ method: 'POST', path: PROVIDERS_PATH, body: { provider } } as const);
    return showProviders(context, await api.json<SecretProviders>(call));
  },
});

export const secretGetCommand = command({
  name: 'secret get',
  summary: 'Print the value of a secret',
  description: 'In text, a line end follows it. A value that is not UTF-8 is printed by --format json only, in base64',
  args: [{ name: 'NAME', summary: 'The secret', required: true }],
  flags: {},
  examples: ['holdfast secret get github'],
  async run({ words: [name = ''] }, { api, output }) {
    const secret = await (await api()).json<SecretValue>({ method: 'GET', path: secretPath(name) });
    if (!output.json && secret.encoding !== 'utf8')
      throw usage(`The value of ${name} is not text`, 'Use --format json, which prints it in base64.');
    output.result(secret, () => secret.value);
  },
});

export const secretListCommand = command({
  name: 'secret list',
  aliases: ['ls'],
  summary: 'List the names of the secrets, never their values',
  args: [],
  flags: {},
  examples: ['holdfast secret list --format json'],
  async run(_input, { api, output }) {
    const { secrets } = await (await api()).json<SecretList>({ method: 'GET', path: '/v1/secrets' });
    output.result(secrets, () =>
      secrets.length === 0 ? 'No secrets. `holdfast secret set NAME` makes one.' : secrets.map(({ name }) => name).join('\n'),
    );
  },
});

export const secretDeleteCommand = command({
  name: 'secret delete',
  aliases: ['rm'],
  summary: 'Forget a secret',
  args: [{ name: 'NAME', summary: 'The secret', required: true }],
  flags: { quiet: quietFlag() },
  examples: ['holdfast secret delete github'],
  async run({ words: [name = ''], flags }, { api, output }) {
    const result = await (await api()).json<SecretDeleteResult>({ method: 'DELETE', path: secretPath(name) });
    if (result.used_by.length > 0) output.warn(`${result.used_by.join(', ')} cannot be started again without ${name}.`);
    output.result(result, () => (flags.quiet ? '' : `${name} is gone`));
  },
});

/** @returns 1 where the one that is used cannot be */
function showProviders({ output }: Context, { providers }: SecretProviders): number {
  const state = ({ active, problem }: SecretProviders['providers'][number]): string =>
    problem === null ? (active ? 'in use' : 'possible') : active ? 'in use, but not reachable' : 'not reachable';
  output.result(providers, () =>
    table(
      ['PROVIDER', 'STATE', 'WHERE'],
      providers.map((one) => [one.name, state(one), one.problem ?? one.where]),
      (text) => output.paint('bold', text),
    ),
  );
  return providers.some(({ active, problem }) => active && problem !== null) ? 1 : 0;
}
