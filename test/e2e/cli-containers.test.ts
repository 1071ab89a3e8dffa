import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EngineCheck } from '../../src/api/contract/engines.ts';
import { ENGINE_KINDS, type EngineAddress, engineFor, engineOrSkip, whyNoEngine } from '../support/engine/engines.ts';
import { ensureImages } from '../support/engine/images.ts';
import { Outside } from '../support/engine/outside.ts';
import { createHome, type Home } from '../support/home.ts';

describe.each(ENGINE_KINDS)('the built command line with %s', (kind) => {
  let engine: EngineAddress;
  let image: string;
  let home: Home;

  beforeEach((ctx) => engineOrSkip(ctx, kind));
  beforeAll(async () => {
    if (whyNoEngine(kind) !== null) return;
    engine = await engineFor(kind);
    [image = ''] = await ensureImages(engine, 'memory');
    home = await createHome({ DOCKER_HOST: `unix://${engine.socket}` });
  });
  afterAll(() => home?.end());

  it('says which engine answers, and where images run', async () => {
    expect(await home.run('runtime', 'check')).toMatchObject({ code: 0, stdout: expect.stringContaining('images run here') as string });
    const { candidates } = JSON.parse(await home.ok('runtime', 'check', '--format', 'json')) as EngineCheck;
    expect(candidates[0]).toMatchObject({
      strategy: 'DOCKER_HOST',
      address: `unix://${engine.socket}`,
      outcome: 'answers',
      engine: { kind },
    });
    expect(candidates.map(({ chosen }) => chosen)).toEqual(candidates.map((_, index) => index === 0));
  });

  it('runs an image with what the flags say, and shows it', async () => {
    const flags = ['--memory', '200m', '--cpus', '1', '--pids-limit', '100', '-v', './:/here:ro', '--user', '1000', '-e', 'GIVEN=1'];
    const said = await home.run('run', image, '--name', 'contained', ...flags);
    expect(said).toMatchObject({ code: 0 });
    expect(said.stdout).toMatch(new RegExp(`contained runs ${image} \\(${kind} [\\d.]+\\S* at unix://${engine.socket}, stdio\\)`));

    const { container, pid, runtime } = await home.workload('contained');
    expect([pid, runtime]).toEqual([null, kind]);
    expect(container).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      engine: `unix://${engine.socket}`,
      limits: { memory: 200 * 1_048_576, cpus: 1, pids: 100 },
      mounts: [{ kind: 'bind', source: home.folder, target: '/here', read_only: true }],
      user: '1000',
    });
    expect(await home.ok('ls')).toContain(`${kind} ${(container?.id ?? '').slice(0, 12)}`);
    expect(await home.ok('status', 'contained')).toMatch(/Limits: +memory 200 MiB, 1 core, 100 processes/);

    const made = await new Outside(engine).inspect(container?.id ?? '');
    expect(made?.Config.Env).toContain('GIVEN=1');
    expect(made?.HostConfig['Memory']).toBe(200 * 1_048_576);
    expect(made?.Config.Env.filter((entry) => /^(HOME|USER)=/.test(entry) && entry.includes(process.env['HOME'] ?? '/nowhere'))).toEqual(
      [],
    );
  });

  it('recreates the container for another limit only, and keeps the URL', async () => {
    const before = await home.workload('contained');
    expect(await home.ok('update', 'contained', '--hold', '20s')).toContain('was not touched');
    expect((await home.workload('contained')).container?.id).toBe(before.container?.id);
    expect(await home.ok('update', 'contained', '--memory', '150m')).toContain('container.limits');
    const after = await home.workload('contained');
    expect(after.url).toBe(before.url);
    expect(after.container?.id).not.toBe(before.container?.id);
    expect((await new Outside(engine).inspect(after.container?.id ?? ''))?.HostConfig['Memory']).toBe(150 * 1_048_576);
  });

  it('refuses what an engine would refuse, and leaves nothing behind', async () => {
    for (const [words, exit, code] of [
      [['--name', 'bad', '-v', '/no/such/folder:/x'], 2, 'HF_BAD_SPEC'],
      [['--name', 'bad', '--memory', '1k'], 2, 'HF_BAD_SPEC'],
      [['--name', 'bad', '--network', 'no-such-network'], 2, 'HF_BAD_SPEC'],
    ] as const) {
      const said = await home.run('run', image, ...words);
      expect([said.code, said.stderr]).toEqual([exit, expect.stringContaining(code)]);
    }
    expect(await home.ok('ls', '-a', '-q')).toBe('contained\n');
    expect(await new Outside(engine).list('holdfast.workload=bad')).toEqual([]);
  });

  it('removes the container with the workload', async () => {
    const { container } = await home.workload('contained');
    await home.ok('rm', 'contained');
    expect(await new Outside(engine).inspect(container?.id ?? '')).toBeNull();
  });
});

describe('the built command line without an engine', () => {
  it('ends with 3 and what was tried, and never runs an image as a process', async () => {
    const home = await createHome({ DOCKER_HOST: 'unix:///no/such.sock' });
    for (const words of [
      ['runtime', 'check'],
      ['run', 'mcp/memory'],
    ]) {
      const { code, stdout, stderr } = await home.run(...words);
      expect([code, stderr]).toEqual([3, expect.stringContaining('HF_RUNTIME_UNAVAILABLE')]);
      expect(stdout + stderr).toContain('DOCKER_HOST');
    }
    expect(await home.ok('ls', '-a', '-q')).toBe('');
    await home.end();
  });
});
