import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ControlWorld, quiet } from '../../simulation/control-world.ts';
import { exit } from '../../simulation/simulated-runtime.ts';
import { workloadSpec } from '../../simulation/workload-spec.ts';
import { HoldfastError } from '../core/errors/holdfast-error.ts';

type Step =
  | { readonly do: 'create' | 'start' | 'stop' | 'restart' | 'remove' | 'update' | 'kill' | 'kill-daemon' | 'lost' }
  | { readonly do: 'need' | 'release'; readonly session: string }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'set'; readonly what: 'start' | 'handshake' | 'stop' | 'disk'; readonly to: 'well' | 'slow' | 'bad' };

const step = fc.oneof(
  { arbitrary: fc.record({ do: fc.constantFrom('start', 'stop', 'restart', 'update', 'lost', 'kill-daemon') }), weight: 4 },
  { arbitrary: fc.record({ do: fc.constantFrom('create', 'remove') }), weight: 3 },
  { arbitrary: fc.record({ do: fc.constant('kill') }), weight: 4 },
  { arbitrary: fc.record({ do: fc.constantFrom('need', 'release'), session: fc.constantFrom('a', 'b', 'c') }), weight: 2 },
  { arbitrary: fc.record({ do: fc.constant('pass'), ms: fc.oneof(fc.nat(5), fc.nat(20_000), fc.nat(200_000)) }), weight: 6 },
  {
    arbitrary: fc.record({
      do: fc.constant('set'),
      what: fc.constantFrom('start', 'handshake', 'stop', 'disk'),
      to: fc.constantFrom('well', 'slow', 'bad'),
    }),
    weight: 3,
  },
) as fc.Arbitrary<Step>;

/** One workload name, whatever may happen to it, in any order and at any moment. */
class Play {
  readonly world = new ControlWorld();
  readonly sessions: 'shared' | 'isolated';
  readonly modes = { start: 'well', handshake: 'well', stop: 'well', disk: 'well' } as Record<
    'start' | 'handshake' | 'stop' | 'disk',
    'well' | 'slow' | 'bad'
  >;
  created = 0;
  /** Operations of the living daemon that were not answered yet. */
  readonly open = new Set<Promise<unknown>>();
  /** The most that a single moment saw of one unit. */
  twins = 0;

  constructor(sessions: 'shared' | 'isolated') {
    this.sessions = sessions;
    const { runtime, gateway, store } = this.world;
    const start = runtime.start.bind(runtime);
    runtime.onStart = () => this.behave('start', 700);
    runtime.start = async (order) => {
      const backend = await start(order);
      const obey = backend.onStop;
      backend.onStop = async (graceMs) => {
        await this.behave('stop', Math.min(graceMs, 3_000));
        await obey(graceMs);
      };
      const units = runtime.alive(order.spec.id).map((alive) => alive.unit);
      this.twins = Math.max(this.twins, units.filter((unit) => unit === order.unit).length);
      return backend;
    };
    store.onWrite = () => this.behave('disk', 50);
    this.prepare(gateway);
  }

  async take(next: Step): Promise<void> {
    const { control, runtime, clock } = this.world;
    switch (next.do) {
      case 'create':
        this.created += 1;
        this.ask(control.create(workloadSpec({ id: `id-${this.created}`, sessions: this.sessions }), quiet));
        break;
      case 'start':
      case 'stop':
      case 'restart':
      case 'remove':
        this.ask(control[next.do]('memory', quiet));
        break;
      case 'update': {
        const spec = control.find('memory')?.spec;
        if (spec) this.ask(control.update('memory', { ...spec, holdMs: spec.holdMs + 1 }, true, quiet));
        break;
      }
      case 'kill':
        runtime.alive().at(-1)?.die(exit.code(1));
        break;
      case 'kill-daemon':
        this.open.clear();
        await this.world.reborn();
        this.prepare(this.world.gateway);
        break;
      case 'lost':
        control.gatewayEvents.connectionLost('memory', null, control.find('memory')?.status.generation ?? 0, 'simulated');
        break;
      case 'need':
        control.gatewayEvents.needBackend('memory', next.session);
        break;
      case 'release':
        control.gatewayEvents.releaseBackend('memory', next.session);
        break;
      case 'pass':
        await clock.advance(next.ms);
        break;
      case 'set':
        this.modes[next.what] = next.to;
    }
    await clock.advance(0);
  }

  /** Everything works again and a month goes by. */
  async recover(): Promise<void> {
    this.modes.start = this.modes.handshake = this.modes.stop = this.modes.disk = 'well';
    await this.world.clock.advance(30 * 86_400_000);
  }

  private prepare(gateway: ControlWorld['gateway']): void {
    gateway.onAttach = () => this.behave('handshake', 2_000);
  }

  private ask(operation: Promise<unknown>): void {
    const settled = operation.catch((error: unknown) => {
      if (!(error instanceof HoldfastError) || error.code === 'HF_INTERNAL') throw error;
    });
    this.open.add(settled);
    settled.then(
      () => this.open.delete(settled),
      () => undefined,
    );
  }

  private behave(what: 'start' | 'handshake' | 'stop' | 'disk', ms: number): Promise<void> {
    const mode = this.modes[what];
    if (mode === 'well') return Promise.resolve();
    if (mode === 'bad')
      return Promise.reject(new HoldfastError(what === 'disk' ? 'HF_STATE_WRITE' : 'HF_SPAWN_FAILED', { what: 'simulated' }));
    return new Promise((resolve) => {
      this.world.clock.after(ms, resolve);
    });
  }
}

describe('control loops under anything, in any order', () => {
  it.each(['shared', 'isolated'] as const)(
    '%s: one backend a unit, the last word counts, every operation is answered',
    async (sessions) => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
          const play = new Play(sessions);
          await play.take({ do: 'create' });
          for (const next of steps) await play.take(next);
          await play.recover();

          const { world } = play;
          expect(play.twins).toBeLessThanOrEqual(1);
          expect(play.open.size).toBe(0);
          const view = world.control.find('memory');
          const stored = world.store.workloads.get('memory') ?? null;
          expect(stored?.spec.id ?? null).toBe(view?.spec.id ?? null);
          for (const backend of world.runtime.alive()) expect(backend.workloadId).toBe(view?.spec.id);
          if (!view) return;
          expect(stored?.spec.desired).toBe(view.spec.desired);
          expect({ ...stored?.status, updatedAt: 0 }).toEqual({ ...view.status, updatedAt: 0 });
          if (sessions === 'isolated') return;
          const { lifecycle } = view.status;
          expect(['running', 'stopped', 'failed']).toContain(lifecycle);
          if (view.spec.desired === 'stopped') expect(lifecycle).toBe('stopped');
          else expect(lifecycle).not.toBe('stopped');
          expect(world.runtime.alive()).toHaveLength(lifecycle === 'running' ? 1 : 0);
        }),
        { numRuns: 300, endOnFailure: false },
      );
    },
  );
});
