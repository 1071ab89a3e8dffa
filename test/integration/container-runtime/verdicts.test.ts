import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HoldfastError } from '../../../src/core/errors/holdfast-error.ts';
import { engineCall, engineJson } from '../../support/engine/api.ts';
import { ENGINE_KINDS, engineFor, engineOrSkip } from '../../support/engine/engines.ts';
import { ensureImages, imageName } from '../../support/engine/images.ts';
import { type ContainerKit, collect, containersOf, idOf, makeKit, networksOf, outside, until } from './container-kit.ts';

const EATS_IN_CHILD = `require('node:child_process').spawnSync(process.execPath, ['-e', 'const a=[];for(;;)a.push(Buffer.alloc(16777216,1))']); process.exit(5)`;

describe.each(ENGINE_KINDS)('what becomes of a container of %s', (kind) => {
  let kit: ContainerKit;
  beforeEach(async (ctx) => {
    engineOrSkip(ctx, kind);
    const engine = await engineFor(kind);
    await ensureImages(engine, 'node');
    kit = await makeKit(engine);
  });
  afterEach(() => kit?.close());

  const failure = async (start: Promise<unknown>): Promise<HoldfastError> => {
    const error: unknown = await start.then(
      () => new Error('it started'),
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ name: 'HoldfastError' });
    return error as HoldfastError;
  };
  const limited = { limits: { memory: 64 * 1024 * 1024, cpus: 1, pids: 100 } };
  const nothingIsLeft = async (): Promise<void> => {
    expect(await containersOf(kit.engine, kit.instance)).toEqual([]);
    expect(await networksOf(kit.engine, kit.instance)).toEqual([]);
  };

  it('is killed for memory, with the limit that it hit (S11)', async () => {
    const other = await makeKit(kit.engine, { image: 'greedy' });
    try {
      const backend = await other.start(other.spec([], {}, limited));
      const exit = await backend.exited;
      const { State } = await engineJson<{ State: { OOMKilled: boolean } }>(kit.engine, { path: `/containers/${idOf(backend)}/json` });
      // Under cgroup v1 Podman's monitor hears of no such kill: then nobody knows more than the signal.
      if (kind === 'podman' && !State.OOMKilled) expect(exit).toMatchObject({ cause: 'signalled', signal: 'SIGKILL' });
      else expect(exit).toMatchObject({ cause: 'oom', oom: true, memoryLimit: limited.limits.memory });
    } finally {
      await other.close();
    }
  });

  it('ends by itself although a child was killed for memory', async () => {
    const other = await makeKit(kit.engine, { image: 'node' });
    try {
      const exit = await (await other.start(other.spec(['-e', EATS_IN_CHILD], {}, limited))).exited;
      expect(exit).toMatchObject({ cause: 'exited', exitCode: 5, ...(kind === 'docker' ? { oom: true } : {}) });
    } finally {
      await other.close();
    }
  });

  it('is removed by somebody else while it runs (S13); the next start makes it anew', async () => {
    const spec = kit.spec(['probe', 'err=up', 'echo']);
    const first = await kit.start(spec);
    const news: string[] = [];
    kit.runtime.watch?.(spec, {
      appeared: () => news.push('appeared'),
      removed: () => news.push('removed'),
      lost: () => undefined,
      back: () => news.push('back'),
    });
    await until('its start', async () => (await first.lastLines(1))[0] === 'up');
    const gone = outside(kit.engine, idOf(first), 'rm').then(() => performance.now());
    const exit = await first.exited;
    if (kind === 'podman') {
      // A removal begins with a death that looks like any other.
      await until('the removal', () => news.includes('removed'));
      expect(exit.cause).not.toBe('removed');
    } else expect(exit).toEqual({ cause: 'removed', exitCode: null, signal: null, oom: false });
    const seen = performance.now();
    expect(seen - (await gone)).toBeLessThan(1_000);
    const second = await kit.start(spec);
    expect(idOf(second)).not.toBe(idOf(first));
  });

  it('is a removal and no attempt where somebody removes what is about to be started again', async () => {
    const spec = kit.spec(['probe', 'exit=0']);
    const first = await kit.start(spec);
    await first.exited;
    const [error] = await Promise.all([failure(kit.start(spec)), outside(kit.engine, idOf(first), 'rm')]);
    expect(error.code).toBe('HF_REMOVED_OUTSIDE');
    expect(idOf(await kit.start(spec))).not.toBe(idOf(first));
  });

  it('is recognised by its id: a stranger of the same name is not touched (S14)', async () => {
    const spec = kit.spec(['probe', 'exit=0']);
    const first = await kit.start(spec);
    await first.exited;
    const news: string[] = [];
    kit.runtime.watch?.(spec, { appeared() {}, removed: () => news.push('removed'), lost() {}, back() {} });
    await outside(kit.engine, idOf(first), 'rm');
    await until('the news', () => news.includes('removed'));
    const body = { Image: imageName('fixture'), Cmd: ['probe', 'echo'], OpenStdin: true };
    const { Id } = await engineJson<{ Id: string }>(kit.engine, { method: 'POST', path: `/containers/create?name=${spec.name}`, body });
    try {
      const error = await failure(kit.start(spec));
      expect(error.code).toBe('HF_NAME_TAKEN');
      expect(error.message).toContain(Id.slice(0, 12));
      expect((await engineCall(kit.engine, { path: `/containers/${Id}/json` })).status).toBe(200);
      await nothingIsLeft();
    } finally {
      await engineCall(kit.engine, { method: 'DELETE', path: `/containers/${Id}?force=1` });
    }
  });

  it('is told where somebody else starts what had ended', async () => {
    const spec = kit.spec(['probe', 'exit-on-input=0']);
    const first = await kit.start(spec);
    const news: string[] = [];
    kit.runtime.watch?.(spec, {
      appeared: () => news.push('appeared'),
      removed: () => news.push('removed'),
      lost: () => undefined,
      back: () => news.push('back'),
    });
    collect(first).write('x\n');
    await first.exited;
    await outside(kit.engine, idOf(first), 'start');
    await until('the news', () => news.includes('appeared'));
    const second = await kit.start(spec);
    expect(second.startedByOther).toBe(true);
    expect(idOf(second)).toBe(idOf(first));
  });

  it('is made anew where its spec has changed, and only then', async () => {
    const spec = kit.spec(['probe', 'exit=0']);
    const first = await kit.start(spec);
    await first.exited;
    const changed = kit.spec(['probe', 'exit=1'], { id: spec.id });
    const second = await kit.start(changed);
    expect(await second.exited).toMatchObject({ exitCode: 1 });
    expect(idOf(second)).not.toBe(idOf(first));
    expect(await containersOf(kit.engine, kit.instance)).toHaveLength(1);
  });

  it('is started again although its image was deleted or its tag moved; without the container that is a clear error (S29)', async () => {
    const other = await makeKit(kit.engine, { image: 'exiting' });
    const [name, kept] = [imageName('exiting'), `/images/${other.spec([]).container?.image.id ?? ''}`];
    try {
      const spec = other.spec([], { launch: { ...other.spec([]).launch, env: { EXIT_CODE: '7' } } });
      const first = await other.start(spec);
      await first.exited;
      await engineCall(kit.engine, { method: 'POST', path: `/images/${imageName('node')}/tag?repo=holdfast-test/exiting&tag=local` });
      const second = await other.start(spec);
      expect(idOf(second)).toBe(idOf(first));
      expect(await second.exited).toMatchObject({ exitCode: 7 });
      // Made anew, it is the image that was found at `run`, whatever has its name now.
      await other.runtime.forget(spec);
      expect(await (await other.start(spec)).exited).toMatchObject({ exitCode: 7 });
      await other.runtime.forget(spec);
      await engineCall(kit.engine, { method: 'DELETE', path: `${kept}?force=1` });
      const error = await failure(other.start(spec));
      expect(error.code).toBe('HF_IMAGE_NOT_FOUND');
      expect(error.message).toContain(name);
    } finally {
      await other.close();
      await engineCall(kit.engine, { method: 'DELETE', path: `/images/${name}` });
      await ensureImages(kit.engine, 'exiting', 'node');
    }
  });

  it('gets its network again where somebody pruned it (S30)', async () => {
    const spec = kit.spec(['probe', 'exit-on-input=0']);
    const first = await kit.start(spec);
    collect(first).write('x\n');
    await first.exited;
    for (const { Id } of await networksOf(kit.engine, kit.instance)) {
      const pruned = await engineCall(kit.engine, { method: 'DELETE', path: `/networks/${Id}` });
      if (pruned.status >= 400) await engineJson(kit.engine, { method: 'POST', path: '/networks/prune' });
    }
    const second = await kit.start(spec);
    expect(await networksOf(kit.engine, kit.instance)).toHaveLength(1);
    await second.stop(1_000);
  });

  it.each([
    [
      'a mount without a source',
      { mounts: [{ kind: 'bind', source: '/no/such/folder', target: '/x', readOnly: true }] },
      'HF_BAD_SPEC',
      '/no/such/folder',
    ],
    ['an unknown network', { network: 'no-such-network' }, 'HF_BAD_SPEC', 'no-such-network'],
    ['an unknown user', { user: 'nobody-knows' }, 'HF_CONTAINER_REFUSED', 'nobody-knows'],
  ] as const)('is refused for %s, and nothing is left behind', async (_name, container, code, words) => {
    const error = await failure(kit.start(kit.spec(['probe', 'exit=0'], {}, container as never)));
    expect({ code: error.code, message: error.message }).toMatchObject({ code, message: expect.stringContaining(words) });
    await nothingIsLeft();
  });

  it('says what is wrong with its program', async () => {
    const other = await makeKit(kit.engine, { image: 'hollow' });
    try {
      const backend = await other.start(other.spec([]));
      expect(await backend.exited).toMatchObject({ cause: 'exited' });
      expect((await backend.lastLines(5, true)).at(-1)).toContain('is not in the image');
    } finally {
      await other.close();
    }
  });
});
