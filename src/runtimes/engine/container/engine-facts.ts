import { HoldfastError } from '../../../core/errors/holdfast-error.ts';
import type { WorkloadSpec } from '../../../core/workload/spec.ts';
import type { EngineClient } from '../client/engine-client.ts';
import type { EngineKind } from '../client/engine-system.ts';
import { engineFailureOf } from './container-errors.ts';

export interface Facts {
  readonly id: string | null;
  readonly cpus: number | null;
  readonly init: boolean;
}

/** What an engine says about itself, asked once for each connection: after an outage another one may answer at the same address. */
export class EngineFacts {
  readonly #client: EngineClient;
  readonly #kind: EngineKind;
  #asked: Promise<Facts> | null = null;
  /** It said that it can, and could not. */
  #noInit = false;

  constructor(client: EngineClient, kind: EngineKind) {
    this.#client = client;
    this.#kind = kind;
  }

  /** It may be another one from now on. */
  forget(): void {
    this.#asked = null;
  }

  /** It has no init program, whatever it said. */
  withoutInit(): void {
    this.#noInit = true;
    this.forget();
  }

  /**
   * The facts, where it is the engine that the workload is bound to.
   * @throws HF_RUNTIME_UNAVAILABLE where it does not answer, or another one does
   */
  async of(spec: Pick<WorkloadSpec, 'name' | 'container'>): Promise<Facts> {
    const bound = spec.container?.engine;
    const facts = await this.get(spec.name);
    if (bound && isAnother(bound.id, facts.id)) {
      throw new HoldfastError('HF_RUNTIME_UNAVAILABLE', {
        what: `${spec.name} belongs to another engine than the one that answers at ${bound.address}`,
        why: `it was made on engine ${bound.id ?? ''}, and ${facts.id ?? ''} answers`,
        fix: 'Start its own engine again; or remove the workload and run it anew on this one.',
      });
    }
    return facts;
  }

  /**
   * Why nothing can be asked here about a container of that engine: another one answers at the address. Null where it is the one.
   * @throws HF_RUNTIME_UNAVAILABLE where it does not answer
   */
  async elsewhere({ engineId, workload }: { readonly engineId: string | null; readonly workload: string }): Promise<string | null> {
    if (engineId === null) return null;
    const { id } = await this.get(workload);
    return isAnother(engineId, id)
      ? `another engine answers at ${this.#client.address.address}: it is not ${engineId}, but ${id ?? ''}`
      : null;
  }

  /** @throws HF_RUNTIME_UNAVAILABLE */
  async get(workload: string): Promise<Facts> {
    const asking = this.#asked ?? this.#ask();
    this.#asked = asking;
    try {
      return await asking;
    } catch (error) {
      if (this.#asked === asking) this.#asked = null;
      throw engineFailureOf(error, workload);
    }
  }

  async #ask(): Promise<Facts> {
    const { system } = this.#client;
    const [version, info] = await Promise.all([system.version(), system.info()]);
    if (version.kind !== this.#kind) {
      throw new HoldfastError('HF_RUNTIME_UNAVAILABLE', {
        what: `At ${this.#client.address.address} ${version.kind} answers`,
        why: `the workload was made on ${this.#kind}`,
        fix: 'Start its own engine again; or remove the workload and run it anew on this one.',
      });
    }
    return { id: info.id, cpus: info.cpus, init: info.initAvailable !== false && !this.#noInit };
  }
}

/** Whether these are two engines; one that has no name is not told from another. */
export function isAnother(bound: string | null, answers: string | null): boolean {
  return bound !== null && answers !== null && bound !== answers;
}
