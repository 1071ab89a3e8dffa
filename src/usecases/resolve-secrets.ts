import { HoldfastError } from '../core/errors/holdfast-error.ts';
import type { Secrets } from '../core/ports/secrets.ts';
import type { SecretReference } from '../core/workload/secret-reference.ts';
import type { WorkloadSpec } from '../core/workload/spec.ts';

export function unknownSecret(name: string): HoldfastError {
  return new HoldfastError('HF_SECRET_UNKNOWN', { what: `There is no secret named ${JSON.stringify(name)}`, data: { name } });
}

/**
 * The spec as a runtime starts it: values in the place of references. They win over every other variable of their name.
 * @throws HF_SECRET_UNKNOWN, HF_SECRET_VALUE, and as `Secrets.get`
 */
export async function withSecrets(spec: WorkloadSpec, secrets: Pick<Secrets, 'get'>): Promise<WorkloadSpec> {
  const references = spec.secrets ?? [];
  if (references.length === 0) return spec;
  const values = await secretValues(references, secrets);
  const targets = new Set(Object.keys(values));
  return {
    ...spec,
    launch: { ...spec.launch, env: { ...spec.launch.env, ...values } },
    secretEnv: [...new Set([...spec.secretEnv, ...targets])].toSorted(),
    userEnv: spec.userEnv.filter((name) => !targets.has(name)),
  };
}

/** Values by variable. @throws HF_SECRET_UNKNOWN, HF_SECRET_VALUE, and as `Secrets.get` */
export async function secretValues(references: readonly SecretReference[], secrets: Pick<Secrets, 'get'>): Promise<Record<string, string>> {
  const found = await Promise.all(
    references.map(async ({ name, target }) => {
      const value = await secrets.get(name);
      if (value === null) throw unknownSecret(name);
      return [target, asVariable(name, value)] as const;
    }),
  );
  return Object.fromEntries(found);
}

function asVariable(name: string, value: Uint8Array): string {
  const refused = (why: string): HoldfastError =>
    new HoldfastError('HF_SECRET_VALUE', { what: `The secret ${name} cannot be an environment variable`, why, data: { name } });
  if (value.includes(0)) throw refused('it holds a NUL byte');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value);
  } catch {
    // The decoder only says that it is none.
    throw refused('it is not UTF-8');
  }
}
