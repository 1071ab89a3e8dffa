import { describe, expect, it } from 'vitest';
import { ControlWorld, quiet } from '../../simulation/control-world.ts';
import { exit } from '../../simulation/simulated-runtime.ts';
import { workloadSpec } from '../../simulation/workload-spec.ts';
import { HoldfastError } from '../core/errors/holdfast-error.ts';

function expectNothingLeft(world: ControlWorld): void {
  expect(world.control.list()).toEqual([]);
  expect(world.runtime.alive()).toEqual([]);
  expect(world.store.workloads.size).toBe(0);
  expect(world.gateway.opened.size).toBe(0);
  expect(world.clock.pending).toBe(0);
}

describe('creating a workload', () => {
  it('says what it does, step by step', async () => {
    const world = new ControlWorld();
    const steps: string[] = [];
    await world.control.create(workloadSpec(), ({ step }) => steps.push(step));
    expect(steps).toEqual(['start', 'handshake', 'ready']);
    await world.clock.advance(0);
    expect(world.store.workloads.get('memory')?.status).toMatchObject({ lifecycle: 'running', everReady: true, generation: 1 });
  });

  it('fails after one attempt with exit code and last output, and leaves nothing behind', async () => {
    const world = new ControlWorld();
    world.gateway.onAttach = () => {
      world.runtime.newest.lines = ['Error: no such module'];
      world.runtime.newest.die(exit.code(7));
      return new Promise(() => undefined);
    };
    const failure = await world.control.create(workloadSpec(), quiet).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'HF_START_FAILED', data: { exitCode: 7, lastLines: ['Error: no such module'] } });
    expect(String(failure)).toContain('exit 7; its last output:\n  Error: no such module');
    expect(world.runtime.backends).toHaveLength(1);
    expect(world.runtime.forgotten).toEqual(['id-1']);
    expectNothingLeft(world);
  });

  it('prefers the exit to the broken handshake that is its first sign', async () => {
    const world = new ControlWorld();
    world.gateway.onAttach = () => Promise.reject(new HoldfastError('HF_BAD_ANSWER', { what: 'the pipe broke' }));
    world.clock.after(200, () => world.runtime.newest.die(exit.signal('SIGSEGV')));
    const failure = world.control.create(workloadSpec(), quiet).catch((error: unknown) => error);
    await world.clock.advance(200);
    expect(await failure).toMatchObject({ code: 'HF_START_FAILED', data: { signal: 'SIGSEGV' } });
    expectNothingLeft(world);
  });

  it('reports a server that answers nonsense, and ends it', async () => {
    const world = new ControlWorld();
    world.gateway.onAttach = () => Promise.reject(new HoldfastError('HF_BAD_ANSWER', { what: 'That is not MCP', why: 'HTML came back' }));
    const failure = world.control.create(workloadSpec(), quiet).catch((error: unknown) => error);
    await world.clock.advance(500);
    expect(await failure).toMatchObject({ code: 'HF_BAD_ANSWER' });
    expect(String(await failure)).toContain('That is not MCP: HTML came back; it wrote nothing to its log');
    await world.clock.advance(0);
    expectNothingLeft(world);
  });

  it('gives up when the server is not ready in time (even if the gateway does not heed the signal)', async () => {
    const world = new ControlWorld();
    world.gateway.attach = () => new Promise(() => undefined);
    const failure = world.control.create(workloadSpec({ readyTimeoutMs: 3_000 }), quiet).catch((error: unknown) => error);
    await world.clock.advance(2_999);
    expect(world.runtime.alive()).toHaveLength(1);
    await world.clock.advance(1);
    expect(await failure).toMatchObject({ code: 'HF_NOT_READY', data: { cause: 'not-ready' } });
    expectNothingLeft(world);
  });

  it.each(['HF_COMMAND_NOT_FOUND', 'HF_PORT_TAKEN', 'HF_SPAWN_FAILED', 'HF_RUNTIME_UNAVAILABLE'] as const)(
    'passes %s of the runtime on',
    async (code) => {
      const world = new ControlWorld();
      world.runtime.onStart = () => Promise.reject(new HoldfastError(code, { what: 'no' }));
      await expect(world.control.create(workloadSpec(), quiet)).rejects.toMatchObject({ code });
      expectNothingLeft(world);
    },
  );

  it('removes everything when its own port is taken', async () => {
    const world = new ControlWorld();
    world.gateway.onOpen = () => Promise.reject(new HoldfastError('HF_PORT_TAKEN', { what: 'port 9000 is taken by nginx' }));
    await expect(world.control.create(workloadSpec({ proxyPort: 9_000 }), quiet)).rejects.toMatchObject({ code: 'HF_PORT_TAKEN' });
    expect(world.runtime.backends).toEqual([]);
    expectNothingLeft(world);
  });

  it('removes everything when the disk is full (S41)', async () => {
    const world = new ControlWorld();
    world.store.onWrite = (what) =>
      what === 'remove' ? Promise.resolve() : Promise.reject(new HoldfastError('HF_STATE_WRITE', { what: 'ENOSPC' }));
    await expect(world.control.create(workloadSpec(), quiet)).rejects.toMatchObject({ code: 'HF_STATE_WRITE' });
    expect(world.runtime.backends).toEqual([]);
    expectNothingLeft(world);
  });

  it('refuses a name that is taken, and a runtime that is not there', async () => {
    const world = new ControlWorld();
    await world.control.create(workloadSpec(), quiet);
    await expect(world.control.create(workloadSpec({ id: 'id-2' }), quiet)).rejects.toMatchObject({ code: 'HF_NAME_TAKEN' });
    await expect(world.control.create(workloadSpec({ name: 'other', runtime: 'docker' }), quiet)).rejects.toMatchObject({
      code: 'HF_UNSUPPORTED',
    });
    expect(world.control.list()).toHaveLength(1);
  });

  it('reports the failure of the start although the clean-up fails, which can be tried again', async () => {
    const world = new ControlWorld();
    world.runtime.onStart = () => Promise.reject(new HoldfastError('HF_BAD_SPEC', { what: 'no' }));
    world.runtime.onForget = () => Promise.reject(new HoldfastError('HF_STATE_WRITE', { what: 'EROFS' }));
    await expect(world.control.create(workloadSpec(), quiet)).rejects.toMatchObject({ code: 'HF_BAD_SPEC' });
    expect(world.log.errors).toHaveLength(1);
    world.runtime.onForget = () => Promise.resolve();
    await world.control.remove('memory', quiet);
    expectNothingLeft(world);
  });
});

describe('a disk that is full', () => {
  it('keeps no restart from happening, is shown, and is over when it is over (S41)', async () => {
    const world = new ControlWorld();
    await world.control.create(workloadSpec(), quiet);
    await world.clock.advance(20_000);
    world.store.onWrite = () => Promise.reject(new HoldfastError('HF_STATE_WRITE', { what: 'ENOSPC' }));
    world.runtime.newest.die(exit.code(1));
    await world.clock.advance(0);
    expect(world.control.get('memory').status).toMatchObject({ lifecycle: 'running', generation: 2, reason: { code: 'HF_STATE_WRITE' } });
    expect(world.log.errors).toHaveLength(1);
    world.store.onWrite = () => Promise.resolve();
    await world.clock.advance(5_000);
    expect(world.store.workloads.get('memory')?.status).toMatchObject({ generation: 2, lifecycle: 'running' });
    expect(world.control.get('memory').status.reason).toBeNull();
  });

  it('stops a workload all the same, says so, and writes it down later', async () => {
    const world = new ControlWorld();
    await world.control.create(workloadSpec(), quiet);
    world.store.onWrite = () => Promise.reject(new HoldfastError('HF_STATE_WRITE', { what: 'ENOSPC' }));
    await expect(world.control.stop('memory', quiet)).rejects.toMatchObject({ code: 'HF_STATE_WRITE' });
    expect(world.runtime.alive()).toEqual([]);
    world.store.onWrite = () => Promise.resolve();
    await world.clock.advance(5_000);
    expect(world.store.workloads.get('memory')).toMatchObject({ spec: { desired: 'stopped' }, status: { lifecycle: 'stopped' } });
  });

  it('never makes a restart wait for a write', async () => {
    const world = new ControlWorld();
    await world.control.create(workloadSpec(), quiet);
    await world.clock.advance(20_000);
    world.store.onWrite = () => new Promise(() => undefined);
    world.runtime.newest.die(exit.code(1));
    await world.clock.advance(0);
    expect(world.control.get('memory').status).toMatchObject({ lifecycle: 'running', generation: 2 });
  });
});
