import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { engineJson } from '../../support/engine/api.ts';
import { ENGINE_KINDS, engineFor, engineOrSkip } from '../../support/engine/engines.ts';
import { type ContainerKit, collect, containersOf, idOf, makeKit, until } from './container-kit.ts';

interface Inspected {
  readonly Config: {
    readonly Labels: Readonly<Record<string, string>>;
    readonly OpenStdin: boolean;
    readonly StdinOnce: boolean;
    readonly Tty: boolean;
  };
  readonly HostConfig: {
    readonly CapDrop: readonly string[] | null;
    readonly SecurityOpt: readonly string[] | null;
    readonly RestartPolicy: { readonly Name: string };
    readonly Memory: number;
    readonly MemorySwap: number;
    readonly NanoCpus: number;
    readonly PidsLimit: number;
    readonly ReadonlyRootfs: boolean;
    readonly LogConfig: { readonly Type: string; readonly Config: Readonly<Record<string, string>> | null };
  };
}

describe.each(ENGINE_KINDS)('a container of %s', (kind) => {
  let kit: ContainerKit;
  beforeEach(async (ctx) => {
    engineOrSkip(ctx, kind);
    kit = await makeKit(await engineFor(kind));
  });
  afterEach(() => kit?.close());

  it('has few rights, bounded resources and a bounded log, and no restart policy of the engine', async () => {
    const limits = { memory: 256 * 1024 * 1024, cpus: 1.5, pids: 77 };
    const backend = await kit.start(kit.spec(['probe', 'echo'], { labels: { team: 'a' } }, { limits, readOnly: true }));
    const { Config, HostConfig } = await engineJson<Inspected>(kit.engine, { path: `/containers/${idOf(backend)}/json` });
    expect(Config).toMatchObject({ OpenStdin: true, Tty: false, Labels: { team: 'a', 'holdfast.instance': kit.instance } });
    expect(Config.StdinOnce).toBeFalsy();
    expect(HostConfig).toMatchObject({ Memory: limits.memory, MemorySwap: limits.memory, PidsLimit: 77, ReadonlyRootfs: true });
    expect(HostConfig.NanoCpus).toBe(1_500_000_000);
    expect(['', 'no']).toContain(HostConfig.RestartPolicy.Name);
    expect(HostConfig.SecurityOpt).toContain('no-new-privileges');
    // Podman names each of them.
    expect(HostConfig.CapDrop?.length ?? 0).toBeGreaterThan(0);
    expect(HostConfig.LogConfig.Type).toMatch(/^(json-file|k8s-file)$/);
  });

  it('has no capability that its root user could use', async () => {
    const other = await makeKit(kit.engine, { image: 'node' });
    try {
      const script = `console.error(require('node:fs').readFileSync('/proc/self/status','utf8').match(/Cap(Eff|Bnd):.*|NoNewPrivs:.*/g).join(' ').replace(/\\s+/g,' '))`;
      const backend = await other.start(other.spec(['-e', script]));
      await backend.exited;
      expect(await backend.lastLines(1, true)).toEqual(['CapEff: 0000000000000000 CapBnd: 0000000000000000 NoNewPrivs: 1']);
    } finally {
      await other.close();
    }
  });

  it('sees what is mounted, and nothing else of the machine', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-mount-'));
    try {
      const mounts = [{ kind: 'bind' as const, source: folder, target: '/out', readOnly: false }];
      const backend = await kit.start(kit.spec(['probe', 'env=/out/env.json', 'err=ready'], {}, { mounts }));
      await until('its start', async () => (await backend.lastLines(1))[0] === 'ready');
      const { env } = JSON.parse(readFileSync(join(folder, 'env.json'), 'utf8')) as { env: Record<string, string> };
      expect(env).toMatchObject({ MCP_TRANSPORT: 'stdio' });
      expect(Object.keys(env)).not.toContain('HOLDFAST_BACKEND');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is killed where it ignores its stop (S43); stopping twice and after its death does no harm (S46)', async () => {
    const backend = await kit.start(kit.spec(['probe', 'stay-after-input', 'ignore=SIGTERM', 'err=up']));
    await until('its start', async () => (await backend.lastLines(1)).includes('up'));
    const begun = performance.now();
    await Promise.all([backend.stop(1_000), backend.stop(30_000)]);
    expect(performance.now() - begun).toBeLessThan(6_000);
    expect(await backend.exited).toMatchObject({ signal: 'SIGKILL' });
    await backend.stop(0);
  });

  it('is killed at once where a later stop has no patience', async () => {
    const backend = await kit.start(kit.spec(['probe', 'stay-after-input', 'ignore=SIGTERM', 'err=up']));
    await until('its start', async () => (await backend.lastLines(1)).includes('up'));
    const slow = backend.stop(30_000);
    const begun = performance.now();
    await backend.stop(0);
    expect(performance.now() - begun).toBeLessThan(5_000);
    await slow;
    expect(await backend.exited).toMatchObject({ signal: 'SIGKILL' });
  });

  it('of a session is gone when its session is', async () => {
    const backend = await kit.start(kit.spec(['probe', 'echo']), 1, '0123456789');
    expect((await containersOf(kit.engine, kit.instance))[0]?.Names.join()).toContain('-01234567');
    await backend.stop(2_000);
    await until('its removal', async () => (await containersOf(kit.engine, kit.instance)).length === 0);
  });

  it('of a trial run under isolated sessions is gone when it has ended, by a stop or by the sweep of the next daemon', async () => {
    const spec = kit.spec(['probe', 'echo'], { sessions: 'isolated' });
    const backend = await kit.start(spec);
    expect((await containersOf(kit.engine, kit.instance))[0]?.Names.join()).toContain('.trial');
    await backend.stop(2_000);
    expect(await containersOf(kit.engine, kit.instance)).toEqual([]);
    await kit.start(spec);
    kit.runtime.close();
    await kit.again().sweep(spec, null);
    expect(await containersOf(kit.engine, kit.instance)).toEqual([]);
  });

  it('leaves everything that it wrote in its log, without the answers of a stdio server', async () => {
    const spec = kit.spec(['probe', 'err=said s3cret', 'out={"jsonrpc":"2.0","id":1,"result":{}}', 'out=noise', 'exit-on-input=0']);
    const read = async (tail: number | null): Promise<string[]> => {
      const query = { tail, since: null, follow: false, signal: new AbortController().signal };
      const lines: string[] = [];
      for await (const { line } of kit.runtime.logs.read(spec, query)) lines.push(line);
      return lines.toSorted();
    };
    const first = await kit.start(spec);
    await until('its lines', async () => (await read(null)).length === 2);
    expect(await read(null)).toEqual(['noise', 'said ***']);
    expect(await read(1)).toHaveLength(1);
    const seen: string[] = [];
    const stop = new AbortController();
    const following = (async () => {
      for await (const { line } of kit.runtime.logs.read(spec, { tail: null, since: null, follow: true, signal: stop.signal }))
        seen.push(line);
    })();
    await until('the old lines', () => seen.length === 2);
    collect(first).write('x\n');
    await first.exited;
    await kit.start(spec);
    await until('those of the next run', () => seen.length === 4);
    stop.abort();
    await following;
    expect(seen.toSorted()).toEqual(['noise', 'noise', 'said ***', 'said ***']);
  });
});
