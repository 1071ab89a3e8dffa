import type { EngineClient } from '../client/engine-client.ts';
import { isEngineError } from '../client/engine-error.ts';
import type { EngineKind } from '../client/engine-system.ts';
import { instanceNetwork } from './container-plan.ts';
import { LABEL } from './labels.ts';

/** Servers that do not know one another do not reach one another. */
const NO_NEIGHBOURS = { 'com.docker.network.bridge.enable_icc': 'false' };

/**
 * The one bridge network of an instance at an engine. Not one for each workload: Docker's address pools hold about thirty networks in all.
 * It is made when the first container needs it and removed with the last.
 */
export class InstanceNetwork {
  readonly #client: EngineClient;
  readonly #kind: EngineKind;
  readonly #instance: string;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(client: EngineClient, kind: EngineKind, instance: string) {
    this.#client = client;
    this.#kind = kind;
    this.#instance = instance;
  }

  /** Runs `create` while the network is there and is not removed. @throws EngineError */
  whileThere<T>(create: () => Promise<T>): Promise<T> {
    return this.#inTurn(async () => {
      await this.#ensure();
      return create();
    });
  }

  /** Makes it where it is missing. @throws EngineError */
  ensure(): Promise<void> {
    return this.#inTurn(() => this.#ensure());
  }

  /** Removes it where no container of the instance is left. @throws EngineError */
  release(): Promise<void> {
    return this.#inTurn(async () => {
      const labels = { [LABEL.instance]: this.#instance };
      const networks = await this.#client.networks.list(labels);
      if (networks.length === 0 || (await this.#client.containers.list(labels)).length > 0) return;
      // Where somebody else has put something into it, it stays.
      for (const { id } of networks) await this.#client.networks.remove(id);
    });
  }

  async #ensure(): Promise<void> {
    const name = instanceNetwork(this.#instance);
    const labels = { [LABEL.instance]: this.#instance };
    if ((await this.#client.networks.list(labels)).some((network) => network.name === name)) return;
    try {
      await this.#client.networks.create({ name, labels, ...(this.#kind === 'docker' ? { options: NO_NEIGHBOURS } : {}) });
    } catch (error) {
      // Another starter was faster.
      if (!isEngineError(error, 'conflict-name')) throw error;
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    // Whoever waits for its turn does not care how the one before fared.
    this.#turn = result.catch(() => undefined);
    return result;
  }
}
