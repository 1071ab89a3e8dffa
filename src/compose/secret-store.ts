import type { StateStore } from '../core/ports/state-store.ts';
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
