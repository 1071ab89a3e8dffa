import { describe, expect, it, onTestFinished } from 'vitest';
import { isEngineError } from '../../../src/runtimes/engine/client/engine-error.ts';
import { engineCall } from '../../support/engine/api.ts';
import { ENGINE_KINDS } from '../../support/engine/engines.ts';
import { until } from '../../support/until.ts';
import { sharedKit } from './engine-kit.ts';

/** Kind and reason of the EngineError that a call ends with. */
async function failure(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (isEngineError(error)) return `${error.kind} ${error.reason}`;
    throw error;
  }
  return 'none';
}

describe.each(ENGINE_KINDS)('containers of %s', (kind) => {
  it('live from create to remove', async (ctx) => {
    const { client, labels, order, name } = await sharedKit(ctx, kind);
    const { containers } = client;
    const ports = [{ containerPort: 8080, protocol: 'tcp', hostAddress: '127.0.0.1', hostPort: 0 }] as const;
    const limits = { memory: 64 * 1024 * 1024, cpus: 0.5, pids: 50 };
    const id = await containers.create(await order('exec sleep 1000', { ports, limits, env: { A: 'b=c' }, init: true }));
    expect(await containers.inspect(id)).toMatchObject({
      id,
      name,
      status: 'created',
      running: false,
      startedAt: null,
      exitCode: null,
      health: null,
    });
    expect(await containers.kill(id, 'SIGTERM')).toBe('not-running');
    expect(await containers.start(id)).toBe('started');
    expect(await containers.start(id)).toBe('already');
    const state = await containers.inspect(name);
    expect(state).toMatchObject({
      id,
      status: 'running',
      running: true,
      paused: false,
      exitCode: null,
      finishedAt: null,
      health: null,
      labels,
    });
    expect(state).toMatchObject({ memoryLimit: limits.memory, tty: false, openStdin: true, imageId: expect.stringMatching(/^sha256:/) });
    expect(state?.ports).toEqual([{ containerPort: 8080, protocol: 'tcp', hostAddress: '127.0.0.1', hostPort: expect.any(Number) }]);
    expect(await containers.list(labels)).toEqual([
      { id, names: [name], status: 'running', notStartedBefore: expect.any(Number), labels: expect.objectContaining(labels) },
    ]);
    expect(await containers.kill(id, 'SIGKILL')).toBe('killed');
    const ended = await until('it has ended', async () => {
      const seen = await containers.inspect(id);
      return seen?.status === 'exited' ? seen : null;
    });
    expect(ended).toMatchObject({ exitCode: 137, running: false, pid: null, oomKilled: false, finishedAt: expect.any(String) });
    expect(await containers.stop(id, 1_000)).toBe('already');
    expect(await containers.remove(id, { force: false, volumes: true })).toBe('removed');
    expect(await containers.remove(id, { force: true, volumes: true })).toBe('absent');
    expect(await containers.inspect(id)).toBeNull();
    expect(await failure(containers.start(id))).toBe('gone other');
    expect(await failure(containers.stop(id, 0))).toBe('gone other');
    expect(await failure(containers.kill(id, 'SIGTERM'))).toBe('gone other');
  });

  it('are paused and go on', async (ctx) => {
    const { client, engine, run } = await sharedKit(ctx, kind);
    const id = await run('exec sleep 1000');
    await engineCall(engine, { method: 'POST', path: `/containers/${id}/pause` });
    expect(await client.containers.inspect(id)).toMatchObject({ status: 'paused', paused: true, running: true });
    await client.containers.unpause(id);
    // A busy Docker may hear of the pause from below only now, and show it once more for a moment.
    const goesOn = await until('it goes on', async () => {
      const state = await client.containers.inspect(id);
      return state?.paused === false ? state : undefined;
    });
    expect(goesOn).toMatchObject({ status: 'running', paused: false });
  });

  it('that ignore SIGTERM are killed after their grace, longer than the bound of a call', async (ctx) => {
    const { client, run } = await sharedKit(ctx, kind);
    const id = await run("trap '' TERM; echo ignored; while true; do sleep 1; done");
    await until('it ignores SIGTERM', async () => {
      for await (const _ of client.containers.logs(id, query())) return true;
      return false;
    });
    const before = performance.now();
    expect(await client.containers.stop(id, 6_000)).toBe('stopped');
    expect(performance.now() - before).toBeGreaterThan(5_500);
    expect((await client.containers.inspect(id))?.exitCode).toBe(137);
  });

  it('are refused with a reason, in the engine’s own words', async (ctx) => {
    const { client, order } = await sharedKit(ctx, kind);
    const { containers } = client;
    const attempt = async (more: object): Promise<string> => {
      let id: string | null = null;
      const outcome = await failure(
        (async () => {
          id = await containers.create(await order('exec sleep 1000', { name: '', ...more }));
          await containers.start(id);
        })(),
      );
      if (id !== null) await containers.remove(id, { force: true, volumes: true });
      return outcome;
    };
    expect(await attempt({ image: 'nowhere.example/none:1' })).toBe('image-missing other');
    expect(await attempt({ entrypoint: ['/nowhere'] })).toBe('refused no-program');
    expect(await attempt({ entrypoint: ['/etc'] })).toBe('refused no-program');
    expect(await attempt({ network: 'no-such-network' })).toBe('refused no-network');
    expect(await attempt({ user: 'nobody-at-all' })).toBe('refused other');
    const mounts = [{ kind: 'bind', source: '/no/such/folder', target: '/x', readOnly: true }];
    expect(await attempt({ mounts })).toBe('refused bad-mount');
    const ports = [{ containerPort: 80, protocol: 'tcp', hostAddress: '127.0.0.1', hostPort: 0 }];
    const holder = await containers.create(await order('exec sleep 1000', { name: '', ports: ports as never }));
    await containers.start(holder);
    const taken = (await containers.inspect(holder))?.ports[0]?.hostPort;
    expect(await attempt({ ports: [{ ...ports[0], hostPort: taken }] })).toBe('refused port-taken');
  });

  it('of a name that is taken are told apart', async (ctx) => {
    const { client, order } = await sharedKit(ctx, kind);
    await client.containers.create(await order('true'));
    expect(await failure(client.containers.create(await order('true')))).toBe('conflict-name other');
  });

  it('have logs with streams and times', async (ctx) => {
    const { client, run } = await sharedKit(ctx, kind);
    const before = Date.now();
    const id = await run('echo one; echo two >&2; printf rest');
    await until('it has ended', async () => (await client.containers.inspect(id))?.status === 'exited');
    const read = async (more: object): Promise<string[]> => {
      const lines: string[] = [];
      for await (const { stream, at, line } of client.containers.logs(id, { ...query(), ...more })) {
        // Podman writes whole seconds.
        expect(at).toBeGreaterThanOrEqual(before - 1_000);
        lines.push(`${stream} ${Buffer.from(line).toString()}`);
      }
      return lines;
    };
    expect((await read({})).toSorted()).toEqual(['stderr two', 'stdout one', 'stdout rest']);
    expect(await read({ stderr: false })).toEqual(['stdout one', 'stdout rest']);
    expect(await read({ tail: 1 })).toHaveLength(1);
    expect(await read({ since: Date.now() + 60_000 })).toEqual([]);
    const nobody = client.containers.logs('nosuch', query())[Symbol.asyncIterator]();
    expect(await failure(nobody.next())).toBe('gone other');
  });

  it('have logs that are followed, until nobody wants them', async (ctx) => {
    const { client, run } = await sharedKit(ctx, kind);
    const id = await run('echo first; read line; echo "$line"; exec sleep 1000');
    const ending = new AbortController();
    onTestFinished(() => ending.abort());
    const lines: string[] = [];
    const reading = (async () => {
      for await (const { line } of client.containers.logs(id, { ...query(), follow: true, signal: ending.signal })) {
        lines.push(Buffer.from(line).toString());
      }
    })();
    await until('the first line', () => lines.includes('first'));
    ending.abort();
    await reading;
    expect(lines).toEqual(['first']);
  });

  it('may write a line of 5 MB', async (ctx) => {
    const { client, run } = await sharedKit(ctx, kind);
    const id = await run("head -c 5000000 /dev/zero | tr '\\0' x; echo; echo end");
    await until('it has ended', async () => (await client.containers.inspect(id))?.status === 'exited');
    const sizes: number[] = [];
    for await (const { line } of client.containers.logs(id, query())) sizes.push(line.length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(5_000_003);
    expect(Math.max(...sizes)).toBe(65_536);
    expect(sizes.at(-1)).toBe(3);
  });
});

function query() {
  return { tty: false, stdout: true, stderr: true, since: null, tail: null, follow: false, signal: new AbortController().signal };
}
