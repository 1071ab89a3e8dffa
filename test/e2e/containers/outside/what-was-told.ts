import type { HoldfastEvent } from '../../../../src/api/contract/streams.ts';
import { engineCall } from '../../../support/engine/api.ts';
import { until } from '../../../support/until.ts';
import type { Scene } from './scene.ts';

/** The event log of a scene's home from some moment on. */
export class Told {
  readonly #scene: Scene;
  readonly #seq: number;
  /** ms since the epoch */
  readonly #since: number;

  private constructor(scene: Scene, seq: number) {
    this.#scene = scene;
    this.#seq = seq;
    this.#since = Date.now();
  }

  static async fromNow(scene: Scene): Promise<Told> {
    return new Told(scene, (await eventsOf(scene, { tail: '1' })).at(-1)?.seq ?? 0);
  }

  /** What was told about one workload, oldest first. */
  async of(workload: string): Promise<HoldfastEvent[]> {
    return (await eventsOf(this.#scene, { workloads: workload })).filter(({ seq }) => seq > this.#seq);
  }

  async types(workload: string): Promise<string[]> {
    return (await this.of(workload)).map(({ type }) => type);
  }

  async until(workload: string, type: string): Promise<HoldfastEvent> {
    const look = async (): Promise<HoldfastEvent | undefined> => (await this.of(workload)).find((event) => event.type === type);
    return until(`${type} of ${workload} is told`, look).catch(async (error: Error) => {
      const all = (await eventsOf(this.#scene, {})).map((event) => `${event.seq} ${event.at} ${event.workload ?? '-'} ${event.type}`);
      throw new Error(`${error.message} after event ${this.#seq}; told was\n${all.join('\n')}`, { cause: error });
    });
  }

  /** From what the engine says it did to a container, to the event about it, ms. */
  async delay(event: HoldfastEvent, container: string, what: 'died' | 'removed'): Promise<number> {
    const filters = encodeURIComponent(JSON.stringify({ container: [container] }));
    const actions = what === 'died' ? ['die', 'died'] : ['destroy', 'remove'];
    // What is known from the engine's answers may be there before it is in its own record.
    const at = await until(`the engine tells that ${container} ${what}`, async () => {
      const [since, to] = [Math.floor(this.#since / 1_000), Math.ceil(Date.now() / 1_000)];
      const { text } = await engineCall(this.#scene.engine, { path: `/events?since=${since}&until=${to}&filters=${filters}` });
      const entries = text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as { Action: string; timeNano: number });
      const times = entries.filter(({ Action }) => actions.includes(Action)).map(({ timeNano }) => timeNano / 1_000_000);
      return times.find((time) => time >= this.#since);
    });
    return Date.parse(event.at) - at;
  }
}

async function eventsOf(scene: Scene, query: Readonly<Record<string, string>>): Promise<HoldfastEvent[]> {
  const events: HoldfastEvent[] = [];
  for await (const event of scene.api().lines<HoldfastEvent>({ method: 'GET', path: '/v1/events', query })) events.push(event);
  return events;
}
