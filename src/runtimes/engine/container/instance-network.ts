import type { EngineClient } from '../client/engine-client.ts';
import { EngineError, isEngineError } from '../client/engine-error.ts';
import type { EngineKind } from '../client/engine-system.ts';
import { instanceNetwork } from './container-plan.ts';
import { LABEL } from './labels.ts';
import { pauseReal } from './pause-real.ts';

/** Servers that do not know one another do not reach one another. */
const NO_NEIGHBOURS = { 'com.docker.network.bridge.enable_icc': 'false' };
/** An engine that is busy may still hold on to a network when the last container has gone: so often it is asked. */
const TRIES = 20;
const PAUSE_MS = 100;
/** An engine looks at all interfaces of its machine first, and fails where one goes at that moment: that of a container that ends, say. */
const INTERFACE_GONE = /no such network interface/i;

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

  /** Removes it where no container of the instance is left, and nobody else's is connected to it. @throws EngineError */
  release(): Promise<void> {
    return this.#inTurn(async () => {
      for (let tries = 1; !(await this.#isReleased(tries === TRIES)); tries += 1) await pauseReal(PAUSE_MS);
    });
  }

  /** @param last what stands in the way is told. @returns false where the same is to be tried again */
  async #isReleased(last: boolean): Promise<boolean> {
    const labels = { [LABEL.instance]: this.#instance };
    const networks = await this.#client.networks.list(labels);
    if (networks.length === 0 || (await this.#isAnyThere((await this.#client.containers.list(labels)).map(({ id }) => id)))) return true;
    for (const { id } of networks) {
      try {
        if ((await this.#client.networks.remove(id)) !== 'in-use') continue;
        const network = await this.#client.networks.inspect(id);
        // What somebody else has put into it needs it.
        if (await this.#isAnyThere(network?.connected ?? [])) continue;
        if (last) throw stillHeld(id);
      } catch (error) {
        if (last || isEngineError(error, 'cancelled')) throw error;
      }
      return false;
    }
    return true;
  }

  /** Engines list containers for a moment that they have removed. */
  async #isAnyThere(containerIds: readonly string[]): Promise<boolean> {
    for (const id of containerIds) if (await this.#client.containers.inspect(id)) return true;
    return false;
  }

  async #ensure(): Promise<void> {
    const name = instanceNetwork(this.#instance);
    const labels = { [LABEL.instance]: this.#instance };
    if ((await this.#client.networks.list(labels)).some((network) => network.name === name)) return;
    for (let tries = 1; ; tries += 1) {
      try {
        await this.#client.networks.create({ name, labels, ...(this.#kind === 'docker' ? { options: NO_NEIGHBOURS } : {}) });
        return;
      } catch (error) {
        // Another starter was faster.
        if (isEngineError(error, 'conflict-name')) return;
        if (tries === TRIES || !(error instanceof EngineError) || !INTERFACE_GONE.test(error.words)) throw error;
        await pauseReal(PAUSE_MS);
      }
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    // Whoever waits for its turn does not care how the one before fared.
    this.#turn = result.catch(() => undefined);
    return result;
  }
}

function stillHeld(id: string): EngineError {
  return new EngineError('refused', {
    attempt: `remove the network ${id}`,
    words: 'the engine holds on to it, although nothing is connected to it',
    reason: 'in-use',
  });
}
