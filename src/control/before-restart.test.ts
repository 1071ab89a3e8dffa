import { describe, expect, it } from 'vitest';
import { type ControlWorld, quiet, running } from '../../simulation/control-world.ts';
import { exit } from '../../simulation/simulated-runtime.ts';

const generation = (world: ControlWorld): number => world.control.get('memory').status.backend?.generation ?? 0;

/** One that ran long enough to be started again at once. */
async function stable(): Promise<ControlWorld> {
  const world = await running();
  await world.clock.advance(20_000);
  return world;
}

describe('what has to be done outside before a server is started again', () => {
  it('is waited for', async () => {
    const world = await stable();
    const asked: string[] = [];
    world.beforeRestart = (workload) => {
      asked.push(workload);
      return new Promise((resolve) => world.clock.after(40, resolve));
    };
    world.runtime.newest.die(exit.code(1));
    await world.clock.advance(39);
    expect([generation(world), asked]).toEqual([0, ['memory']]);
    await world.clock.advance(1);
    expect(generation(world)).toBe(2);
  });

  it('delays no start for longer than 250 ms, nor one that is called off', async () => {
    const world = await stable();
    world.beforeRestart = () => new Promise(() => undefined);
    world.runtime.newest.die(exit.code(1));
    await world.clock.advance(250);
    expect(generation(world)).toBe(2);

    await world.clock.advance(20_000);
    world.runtime.newest.die(exit.code(1));
    await world.clock.advance(10);
    const stopped = world.control.stop('memory', quiet);
    await world.clock.advance(250);
    await stopped;
    expect(world.control.get('memory').status).toMatchObject({ lifecycle: 'stopped', backend: null });
  });
});
