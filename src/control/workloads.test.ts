import { describe, expect, it } from 'vitest';
import { ControlWorld, quiet } from '../../simulation/control-world.ts';
import { exit } from '../../simulation/simulated-runtime.ts';
import { workloadSpec } from '../../simulation/workload-spec.ts';

describe('a workload', () => {
  it('is created, restarted after an exit, stopped and removed', async () => {
    const world = new ControlWorld();
    const view = await world.control.create(workloadSpec(), quiet);
    expect(view.status).toMatchObject({ lifecycle: 'running', health: 'healthy', generation: 1, everReady: true });
    expect(view.url).toBe('http://127.0.0.1:7420/memory/mcp');
    await world.clock.advance(20_000);
    world.runtime.newest.die(exit.code(1));
    await world.clock.advance(0);
    expect(world.control.get('memory').status).toMatchObject({ lifecycle: 'running', generation: 2, restarts: 1 });
    await world.control.stop('memory', quiet);
    expect(world.runtime.alive()).toEqual([]);
    expect(world.control.get('memory').status.lifecycle).toBe('stopped');
    await world.control.remove('memory', quiet);
    expect(world.control.list()).toEqual([]);
    expect(world.store.workloads.size).toBe(0);
    expect(world.log.errors).toEqual([]);
  });
});
