import { HoldfastError } from '../../src/core/errors/holdfast-error.ts';
import type { ObservedExit } from '../../src/core/ports/runtime.ts';
import type { Lifeline } from '../daemon/lifeline.ts';
import type { Random } from '../time/random.ts';
import type { World } from '../world.ts';
import type { Container } from './container.ts';
import type { Engine } from './engine.ts';
import { KnownContainers } from './known-containers.ts';

/** One daemon at one engine: how it asks, and what it remembers of the times at which nobody answered. */
export class EngineSite {
  readonly engine: Engine;
  readonly world: World;
  readonly lifeline: Lifeline;
  readonly random: Random;
  readonly known = new KnownContainers();
  /** The engine answers no question until then, monotonic ms. */
  awayUntil = 0;
  /** Wall clock ms since when its stream of events is broken; null while it stands. */
  lostAt: number | null = null;
  /** Called when somebody else started what had ended. */
  appeared: (workloadId: string, unit: string | null) => void = () => undefined;
  readonly #outages: { readonly from: number; readonly to: number }[] = [];

  constructor(engine: Engine, lifeline: Lifeline, random: Random) {
    this.engine = engine;
    this.world = engine.world;
    this.lifeline = lifeline;
    this.random = random;
  }

  get away(): boolean {
    return this.lostAt !== null;
  }

  /** A question to the engine, or an order. @throws HF_RUNTIME_UNAVAILABLE */
  ask<T>(least: number, most: number, what: () => T): Promise<T> {
    return this.lifeline.promise<T>((resolve, reject) => {
      const { time } = this.world;
      time.after(this.random.between(least, most), () => {
        if (!this.lifeline.act()) return;
        if (!this.engine.up || time.monotonic() < this.awayUntil)
          return reject(new HoldfastError('HF_RUNTIME_UNAVAILABLE', { what: 'The engine does not answer' }));
        try {
          resolve(what());
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  pause(ms: number): Promise<void> {
    return this.lifeline.promise((resolve) => this.world.time.after(ms, () => resolve()));
  }

  /** The stream stands again. @returns since when it did not, wall clock ms; null where it did */
  outageOver(): number | null {
    const from = this.lostAt;
    this.lostAt = null;
    if (from !== null) this.#outages.push({ from, to: this.world.time.now() });
    return from;
  }

  inOutage(at: number): boolean {
    if (this.lostAt !== null && at >= this.lostAt) return true;
    return this.#outages.some(({ from, to }) => at >= from && at <= to);
  }

  /** Holdfast is told how a run ended. */
  told(container: Container, exit: ObservedExit): void {
    const { workloadId, unit } = container;
    if (workloadId === null) return;
    this.world.trace.note(container.id, `is told to have ended: ${JSON.stringify(exit)}`);
    const { containers } = this.world;
    if (exit.cause !== 'engine' && !exit.livesOn) containers.blame(workloadId, unit);
    if (unit !== null) return;
    if (exit.cause === 'removed') containers.removalTold(workloadId);
    else if (exit.byOther && !container.running && this.engine.wentAt < container.endedAt) containers.stopTold(workloadId);
  }
}
