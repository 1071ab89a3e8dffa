import type { WorkloadSpec } from '../../../core/workload/spec.ts';
import type { EngineClient } from '../client/engine-client.ts';
import { containerOf } from './container-plan.ts';

/**
 * Volumes that an engine makes because a container names them. They hold what their user wants to keep, so they outlive the workload; but one
 * that was made for a server that never was ready holds nothing.
 */
export class NewVolumes {
  readonly #client: EngineClient;
  readonly #made = new Map<string, Set<string>>();

  constructor(client: EngineClient) {
    this.#client = client;
  }

  /** Notes which volumes are not there yet; called before the container is made. @throws EngineError */
  async note(spec: WorkloadSpec): Promise<void> {
    for (const { kind, source } of containerOf(spec).mounts) {
      if (kind !== 'volume' || (await this.#client.volumes.exists(source))) continue;
      this.#made.set(spec.id, (this.#made.get(spec.id) ?? new Set()).add(source));
    }
  }

  /** Nothing uses them any more. @param useless they are removed, unless something else has come to use them. @throws EngineError */
  async settle(workloadId: string, useless: boolean): Promise<void> {
    const names = this.#made.get(workloadId) ?? [];
    if (useless) for (const name of names) await this.#client.volumes.remove(name);
    this.#made.delete(workloadId);
  }
}
