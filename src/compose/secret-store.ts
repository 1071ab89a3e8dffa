import type { Clock } from '../core/ports/clock.ts';
import type { Log } from '../core/ports/log.ts';
import type { Secrets } from '../core/ports/secrets.ts';
import type { StateStore } from '../core/ports/state-store.ts';
import { isOrdinary } from '../core/workload/ordinary-value.ts';
import type { WorkloadSpec } from '../core/workload/spec.ts';
import type { Redactor } from '../telemetry/redactor.ts';

/** A state store that tells the redactor of the secrets in every spec that passes through it, before anything can be said about them. */
export function redactingSecrets(store: StateStore, redactor: Redactor): StateStore {
  const learn = (spec: WorkloadSpec): void => {
    redactor.add(
      spec.id,
      spec.secretEnv.map((name) => spec.launch.env[name] ?? ''),
    );
  };
  return {
    async load() {
      const loaded = await store.load();
      for (const { spec } of loaded.workloads) learn(spec);
      return loaded;
    },
    saveSpec(spec) {
      learn(spec);
      return store.saveSpec(spec);
    },
    saveStatus: (name, status) => store.saveStatus(name, status),
    async remove(name, id) {
      await store.remove(name, id);
      redactor.remove(id);
    },
  };
}

/** Secrets that tell the redactor of every value that passes. What a secret was before is masked as well: a log may still have it. */
export function redactingValues(secrets: Secrets, redactor: Redactor): Secrets {
  const known = new Map<string, Set<string>>();
  const learn = (name: string, value: Uint8Array): void => {
    const text = Buffer.from(value).toString('utf8');
    if (isOrdinary(text)) return;
    const values = known.get(name) ?? new Set();
    known.set(name, values.add(text));
    redactor.add(`secret:${name}`, values);
  };
  return {
    active: () => secrets.active(),
    providers: () => secrets.providers(),
    choose: (provider) => secrets.choose(provider),
    unlock: (passphrase) => secrets.unlock(passphrase),
    names: () => secrets.names(),
    async get(name) {
      const value = await secrets.get(name);
      if (value !== null) learn(name, value);
      return value;
    },
    set(name, value) {
      learn(name, value);
      return secrets.set(name, value);
    },
    delete: (name) => secrets.delete(name),
  };
}

/** A keyring that asks its user first must not keep what runs from being served, ms. */
const LEARN_WITHIN_MS = 3_000;

/**
 * Looks at the secrets of all workloads, so that what their servers wrote before this daemon began can be shown without them. Resolves
 * after 3 s at the latest; what comes later is learnt then.
 */
export async function learnSecrets(
  secrets: Pick<Secrets, 'get'>,
  specs: readonly WorkloadSpec[],
  { log, clock }: { readonly log: Log; readonly clock: Pick<Clock, 'after'> },
): Promise<void> {
  const names = new Set(specs.flatMap((spec) => spec.secrets?.map(({ name }) => name) ?? []));
  const look = async (name: string): Promise<void> => {
    try {
      await secrets.get(name);
    } catch (error) {
      // Whoever starts a workload with it is told; until then its value is not known, and cannot be masked.
      log.warn('a secret cannot be read', { name, error: error instanceof Error ? error.message : String(error) });
    }
  };
  let cancel = (): void => undefined;
  const late = new Promise<void>((resolve) => (cancel = clock.after(LEARN_WITHIN_MS, resolve)));
  await Promise.race([Promise.all([...names].map(look)), late]);
  cancel();
}
