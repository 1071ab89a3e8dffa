import type { Random } from '../time/random.ts';
import type { World } from '../world.ts';
import type { Container } from './container.ts';

export interface EngineEvent {
  readonly action: 'start' | 'die' | 'kill' | 'destroy' | 'pause' | 'unpause';
  readonly container: Container;
  /** The run that it is about. */
  readonly startedAt: string;
  readonly by: 'holdfast' | 'other';
}

interface Stream {
  event(event: EngineEvent): void;
  broken(): void;
}

/** What an engine tells of its containers. Events take time, and where the plan says so they are late, doubled or lost. */
export class EngineEvents {
  readonly #world: World;
  readonly #random: Random;
  readonly #streams = new Set<Stream>();
  #lastAt = 0;

  constructor(world: World, random: Random) {
    this.#world = world;
    this.#random = random;
  }

  /** Until the engine or the daemon goes. */
  follow(stream: Stream): void {
    this.#streams.add(stream);
  }

  emit(event: EngineEvent): void {
    for (const stream of this.#streams) this.#send(stream, event);
  }

  breakAll(): void {
    const streams = [...this.#streams];
    this.#streams.clear();
    for (const stream of streams) this.#world.time.after(this.#random.between(0, 20), () => stream.broken());
  }

  #send(stream: Stream, event: EngineEvent): void {
    const { time, plan, faulty } = this.#world;
    const { lostEvents, lateEvents, doubledEvents } = plan.faults.engine;
    const tell = (ms: number): void => {
      time.after(ms, () => {
        if (this.#streams.has(stream)) stream.event(event);
      });
    };
    if (faulty && this.#random.chance(lostEvents)) return;
    if (faulty && this.#random.chance(doubledEvents)) tell(this.#random.magnitude(1, 2_000));
    if (faulty && this.#random.chance(lateEvents)) return tell(this.#random.magnitude(10, 5_000));
    const now = time.monotonic();
    this.#lastAt = Math.max(this.#lastAt, now + this.#random.between(0.5, 10));
    tell(this.#lastAt - now);
  }
}
