import type { SecretProviderName, SecretProviderView, Secrets } from '../core/ports/secrets.ts';
import type { Workloads } from '../core/ports/workloads.ts';
import { checkSecretName } from '../core/workload/secret-reference.ts';
import { unknownSecret } from './resolve-secrets.ts';

export interface SecretsPorts {
  readonly secrets: Secrets;
  readonly workloads: Pick<Workloads, 'list'>;
}

/** Names of the workloads that have that secret in their spec, sorted. */
export function usersOf(workloads: SecretsPorts['workloads'], name: string): string[] {
  const uses = workloads.list().filter(({ spec }) => spec.secrets?.some((reference) => reference.name === name));
  return uses.map(({ spec }) => spec.name);
}

/** @throws as `Secrets.names` */
export async function listSecrets({
  secrets,
}: Pick<SecretsPorts, 'secrets'>): Promise<{ provider: SecretProviderName; names: readonly string[] }> {
  const names = await secrets.names();
  return { provider: await secrets.active(), names };
}

/** @throws HF_BAD_NAME, HF_SECRET_VALUE, and as `Secrets.set` */
export async function setSecret(
  { secrets, workloads }: SecretsPorts,
  name: string,
  value: Uint8Array,
): Promise<{ provider: SecretProviderName; users: string[] }> {
  checkSecretName(name);
  const provider = await secrets.set(name, value);
  return { provider, users: usersOf(workloads, name) };
}

/** @throws HF_BAD_NAME, HF_SECRET_UNKNOWN, and as `Secrets.get` */
export async function getSecret({ secrets }: Pick<SecretsPorts, 'secrets'>, name: string): Promise<Uint8Array> {
  const value = await secrets.get(checkSecretName(name));
  if (value === null) throw unknownSecret(name);
  return value;
}

/** @returns the workloads that use it still: they cannot be started again @throws HF_BAD_NAME, HF_SECRET_UNKNOWN, and as `Secrets.delete` */
export async function deleteSecret({ secrets, workloads }: SecretsPorts, name: string): Promise<{ users: string[] }> {
  if (!(await secrets.delete(checkSecretName(name)))) throw unknownSecret(name);
  return { users: usersOf(workloads, name) };
}

/** Takes a passphrase and chooses a provider, where they are said, and tells how all of them are. @throws as `Secrets` */
export async function setUpSecrets(
  { secrets }: Pick<SecretsPorts, 'secrets'>,
  order: { readonly provider: SecretProviderName | undefined; readonly passphrase: string | undefined },
): Promise<readonly SecretProviderView[]> {
  if (order.passphrase !== undefined) await secrets.unlock(order.passphrase);
  if (order.provider !== undefined) await secrets.choose(order.provider);
  return secrets.providers();
}
