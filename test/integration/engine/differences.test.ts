import { describe, expect, it } from 'vitest';
import { isEngineError } from '../../../src/runtimes/engine/client/engine-error.ts';
import { namesToTry } from '../../../src/runtimes/engine/registry/image-reference.ts';
import { engineCall } from '../../support/engine/api.ts';
import { ENGINE_KINDS } from '../../support/engine/engines.ts';
import { imageName } from '../../support/engine/images.ts';
import { until } from '../../support/until.ts';
import { attachTo, sharedKit, watch } from './engine-kit.ts';

/** Where the engines differ, and what is done about it: one test a difference, on both. */
describe.each(ENGINE_KINDS)('%s', (kind) => {
  it('tells an exit as `die` with its code, and more that means nothing', async (ctx) => {
    const kit = await sharedKit(ctx, kind);
    const { told, turns } = watch(kit);
    await until('it watches', () => turns.includes('connected'));
    await kit.run('exit 7');
    await until('it dies', () => told.some(({ action }) => action === 'die'));
    expect(told.filter(({ exitCode }) => exitCode !== null).map(({ action, exitCode }) => [action, exitCode])).toEqual([['die', 7]]);
    if (kind === 'podman') await until('`init` or `cleanup`', () => told.some(({ action }) => action === 'other'));
  });

  it('takes a filter by event, which is why none is used: Podman knows other words', async (ctx) => {
    const { engine, client, labels, run } = await sharedKit(ctx, kind);
    const since = Math.floor(Date.now() / 1_000) - 1;
    const id = await run('exit 0');
    await until('it has ended', async () => (await client.containers.inspect(id))?.status === 'exited');
    const [label] = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
    const ask = async (event: string): Promise<boolean> => {
      const filters = encodeURIComponent(JSON.stringify({ event: [event], label: [label] }));
      const path = `/events?since=${since}&until=${Math.ceil(Date.now() / 1_000) + 1}&filters=${filters}`;
      return (await engineCall(engine, { path })).text.includes(id);
    };
    expect(await ask('die')).toBe(kind === 'docker');
    expect(await ask('died')).toBe(kind === 'podman');
  });

  it('tells a removal as `destroy`', async (ctx) => {
    const kit = await sharedKit(ctx, kind);
    const { told, turns } = watch(kit);
    await until('it watches', () => turns.includes('connected'));
    const id = await kit.run('exec sleep 1000');
    await kit.client.containers.remove(id, { force: true, volumes: true });
    const removal = await until('the removal', () => told.find(({ action }) => action === 'destroy'));
    expect(removal.id).toBe(id);
  });

  it('lets a running stdio server be attached again, or has ended its stdin with the first attachment', async (ctx) => {
    const { client, run } = await sharedKit(ctx, kind);
    const id = await run('while read line; do echo "got $line"; done; echo end of input >&2; exec sleep 1000');
    const first = await attachTo(client, id);
    first.attachment.write(Buffer.from('one\n'));
    await until('the first answer', () => first.stdout === 'got one\n');
    first.attachment.close();
    await first.attachment.ended;
    const second = await attachTo(client, id);
    if (kind === 'docker') {
      second.attachment.write(Buffer.from('two\n'));
      await until('an answer of the same process', () => second.stdout.includes('got two\n'));
      expect(second.stderr).toBe('');
      return;
    }
    const query = { tty: false, stdout: true, stderr: true, since: null, tail: null, follow: false, signal: new AbortController().signal };
    await until('the server saw the end of its stdin', async () => {
      const lines: string[] = [];
      for await (const { line } of client.containers.logs(id, query)) lines.push(Buffer.from(line).toString());
      return lines.includes('end of input');
    });
  });

  it('starts again after a death: at once on Docker, after 150 ms on Podman', async (ctx) => {
    const kit = await sharedKit(ctx, kind);
    const { told, turns } = watch(kit);
    await until('it watches', () => turns.includes('connected'));
    const id = await kit.run('exec sleep 1000');
    const before = await kit.client.containers.inspect(id);
    await kit.client.containers.kill(id, 'SIGKILL');
    await until('it dies', () => told.some(({ action }) => action === 'die'));
    if (kind === 'podman') await new Promise((resolve) => setTimeout(resolve, 150));
    expect(await kit.client.containers.start(id)).toBe('started');
    const after = await kit.client.containers.inspect(id);
    expect(after?.running).toBe(true);
    expect(after?.startedAt).not.toBe(before?.startedAt);
  });

  it('that removes a container at the same time says so, and never that it is away', async (ctx) => {
    const { client, run } = await sharedKit(ctx, kind);
    const outcomes: PromiseSettledResult<string>[] = [];
    for (let round = 0; round < 3; round += 1) {
      const id = await run('exec sleep 1000', { name: '' });
      await client.containers.kill(id, 'SIGKILL');
      const both = [client.containers.remove(id, { force: true, volumes: true }), client.containers.start(id)];
      outcomes.push(...(await Promise.allSettled<string>(both)));
    }
    const odd = outcomes.filter(
      (outcome) => outcome.status === 'rejected' && !isEngineError(outcome.reason, 'gone', 'removing', 'refused'),
    );
    expect(odd).toEqual([]);
  });

  it('runs an init as PID 1 where it has one', async (ctx) => {
    const { client, order } = await sharedKit(ctx, kind);
    const id = await client.containers.create(await order('cat /proc/1/cmdline; exec sleep 1000', { init: true }));
    const heard = await attachTo(client, id);
    await client.containers.start(id);
    await until('it says what runs', () => heard.stdout !== '');
    expect(heard.stdout).toMatch(kind === 'docker' ? /docker-init|tini/ : /catatonit|container-init|podman-init/);
  });

  it('says no health where there is no check', async (ctx) => {
    const { client, run } = await sharedKit(ctx, kind);
    expect((await client.containers.inspect(await run('exec sleep 1000')))?.health).toBeNull();
  });

  it('is asked for images by names that it knows', async (ctx) => {
    const { client, image } = await sharedKit(ctx, kind);
    const known = await image('node');
    expect(namesToTry(imageName('node'), kind)).toContain(known);
    if (kind === 'podman') expect(known).toMatch(/^(localhost|docker\.io)\//);
    expect(await client.images.inspect(known)).toMatchObject({ id: expect.stringMatching(/^sha256:/), os: 'linux', entrypoint: ['node'] });
    expect(await client.images.inspect('nowhere.example/none:1')).toBeNull();
  });

  it('that cannot pull says why, whether by its status or inside of the stream', async (ctx) => {
    const { client } = await sharedKit(ctx, kind);
    const pull = client.images.pull({
      reference: '127.0.0.1:1/none:1',
      auth: null,
      signal: new AbortController().signal,
      progress: () => {},
    });
    await expect(pull).rejects.toMatchObject({ kind: 'image-missing', words: expect.stringContaining('127.0.0.1:1') });
  });

  it('has networks, whose states have the same names', async (ctx) => {
    const { client, labels, name, run } = await sharedKit(ctx, kind);
    const { networks } = client;
    const id = await networks.create({ name, labels });
    expect(await networks.list(labels)).toEqual([{ id, name, driver: 'bridge', internal: false, labels }]);
    expect(await networks.inspect(name)).toMatchObject({ id });
    await expect(networks.create({ name, labels })).rejects.toMatchObject({ kind: 'conflict-name' });
    const container = await run('exec sleep 1000', { network: name });
    expect((await client.containers.inspect(container))?.networks).toEqual([{ name, ipAddress: expect.stringMatching(/^\d+\./) }]);
    expect(await networks.remove(name)).toBe('in-use');
    await client.containers.remove(container, { force: true, volumes: true });
    expect(await networks.remove(name)).toBe('removed');
    expect(await networks.remove(name)).toBe('absent');
    expect(await networks.inspect(name)).toBeNull();
  });
});
