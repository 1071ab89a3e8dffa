import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Workload } from '../../../src/api/contract/workload.ts';
import { type CommandResult, commandLine } from './command-line.ts';
import { type DaemonApi, startDaemonApi } from './daemon-api.ts';

let api: DaemonApi;
let env: Record<string, string>;
beforeEach(async () => {
  api = await startDaemonApi();
  env = { HOME: '/home/me' };
});
afterEach(async () => {
  await api.close();
});

const ID = '0123456789abcdef'.repeat(4);
const holdfast = (...argv: string[]): Promise<CommandResult> => commandLine({ home: api.folder, env }, ...argv);
const running = { lifecycle: 'running', health: 'healthy', reason: null } as const;

async function workload(): Promise<Workload> {
  return JSON.parse((await holdfast('status', 'memory', '--format', 'json')).out) as Workload;
}

/** The workload `memory` in a container that runs. */
async function runMemory(...flags: string[]): Promise<CommandResult> {
  const result = await holdfast('run', 'mcp/memory', ...flags);
  const backend = {
    incarnation: { runtime: 'docker', containerId: ID, startedAt: 'x' },
    generation: 1,
    url: null,
    startedAt: 1_000,
    readyAt: 2_000,
    handshake: null,
  } as const;
  if (result.exit === 0) api.workloads.set('memory', { ...running, backend });
  return result;
}

describe('holdfast run with an image', () => {
  it('asks for what the flags say, with paths of the caller and the defaults for the rest', async () => {
    const flags = [
      '-v',
      './notes:/notes:ro',
      '-v',
      '~/x:/x',
      '-v',
      'data:/data',
      '-p',
      '8080:80',
      '--memory',
      '64m',
      '--cpus',
      '1.5',
      '--pids-limit',
      '99',
    ];
    expect(
      (await runMemory(...flags, '--network', 'mine', '--read-only', '--user', '1000:1000', '--workdir', '/app', '--', 'serve')).exit,
    ).toBe(0);
    const { spec } = api.workloads.get('memory');
    expect(spec).toMatchObject({ runtime: 'docker', args: ['serve'], launch: { args: ['serve'], cwd: '/app' } });
    expect(spec.container).toMatchObject({
      mounts: [
        { kind: 'bind', source: join(api.folder, 'notes'), target: '/notes', readOnly: true },
        { kind: 'bind', source: '/home/me/x', target: '/x', readOnly: false },
        { kind: 'volume', source: 'data', target: '/data', readOnly: false },
      ],
      network: 'mine',
      publish: [{ hostAddress: '127.0.0.1', hostPort: 8080, containerPort: 80, protocol: 'tcp' }],
      limits: { memory: 67_108_864, cpus: 1.5, pids: 99 },
      readOnly: true,
      user: '1000:1000',
    });
  });

  it('says where it runs and what is worth knowing, and hands over what says where the engine is', async () => {
    env['DOCKER_HOST'] = 'unix:///run/mine.sock';
    const { out, err } = await runMemory();
    expect(out).toContain('memory runs mcp/memory (docker 20.10.24 at unix:///run/mine.sock, stdio)\n');
    expect(err).toContain('Pulling mcp/memory\n');
    expect(err).toContain('warning: the engine has no init\n');
    const podman = await holdfast('run', 'mcp/time', '--runtime', 'podman', '--restart', 'unless-stopped', '--format', 'json');
    const result = JSON.parse(podman.out) as Workload & { warnings: string[]; engine_version: string };
    expect(result).toMatchObject({ runtime: 'podman', engine_version: '20.10.24' });
    expect(result.warnings.join()).toContain('is as `always`');
  });

  it('ends with 3 and all that was tried where no engine answers', async () => {
    const { exit, out, err } = await holdfast('run', 'nowhere');
    expect([exit, out]).toEqual([3, '']);
    expect(err).toContain(
      'error: No container engine answers\n  why: what was tried:\n       DOCKER_HOST: not set\n       /var/run/docker.sock: nothing there\n  fix: ',
    );
  });

  it.each([
    [['cmd://true', '--memory', '64m'], 'HF_BAD_SPEC', '--memory is for containers only'],
    [['npx://x', '-v', '/a:/b', '--read-only'], 'HF_BAD_SPEC', '--volume, --read-only are for containers only'],
    [['mcp/x', '--memory', 'much'], 'HF_USAGE', '--memory "much" is not a size'],
    [['mcp/x', '--memory', '1k'], 'HF_BAD_SPEC', 'too little'],
    [['mcp/x', '-v', '/a'], 'HF_USAGE', 'no place in the container'],
    [['mcp/x', '--workdir', 'app'], 'HF_USAGE', 'not an absolute path'],
    [['mcp/x', '--network', 'none', '--transport', 'streamable-http'], 'HF_BAD_SPEC', '--network none'],
    [['mcp/x', '--runtime', 'remote'], 'HF_UNSUPPORTED', 'remote'],
    [['mcp/x', '--permission-profile', 'none'], 'HF_USAGE', 'not served yet'],
  ])('refuses %j with exit code 2', async (words, code, why) => {
    const { exit, err } = await holdfast('run', ...words);
    expect(exit).toBe(2);
    expect(err).toContain(why);
    expect(err).toContain(code);
    expect(api.workloads.list()).toEqual([]);
  });
});

describe('holdfast update of a container', () => {
  it('changes what is said, and recreates it only for that', async () => {
    await runMemory('--memory', '64m');
    const before = api.workloads.get('memory').spec;
    expect((await holdfast('update', 'memory', '--hold', '20s')).out).toContain('was not touched');
    expect((await holdfast('update', 'memory', '--cpus', '1')).out).toBe(
      'memory updated (container.limits); its server was started anew\n',
    );
    expect(api.workloads.get('memory').spec.container).toEqual({ ...before.container, limits: { memory: 67_108_864, cpus: 1, pids: 512 } });
    expect((await holdfast('update', 'memory', '--memory', '64m')).out).toBe('memory is like that already\n');
    expect((await holdfast('update', 'memory', '--', 'other')).out).toContain('launch.args');
    expect(api.workloads.get('memory').spec.launch.args).toEqual(['other']);
  });

  it('refuses another runtime, a relative folder, and what is for containers only', async () => {
    await runMemory();
    await holdfast('run', 'cmd://true', '--name', 'plain');
    expect(await holdfast('update', 'memory', '--runtime', 'podman')).toMatchObject({
      exit: 2,
      err: expect.stringContaining('run --replace') as string,
    });
    expect(await holdfast('update', 'memory', '--workdir', 'x')).toMatchObject({
      exit: 2,
      err: expect.stringContaining('in the container') as string,
    });
    expect(await holdfast('update', 'plain', '--network', 'none')).toMatchObject({
      exit: 2,
      err: expect.stringContaining('--network is for') as string,
    });
    expect((await holdfast('update', 'plain', '--workdir', 'x')).exit).toBe(0);
    expect(api.workloads.get('plain').spec.launch.cwd).toBe(join(api.folder, 'x'));
  });
});

describe('a container in listings', () => {
  it('has no process, but an engine, an id, an image, limits and mounts', async () => {
    await runMemory('--memory', '64m', '-v', '/a:/b:ro');
    expect(await workload()).toMatchObject({
      pid: null,
      runtime: 'docker',
      container: {
        engine: 'unix:///var/run/docker.sock',
        id: ID,
        image: { reference: 'docker.io/mcp/memory:latest', id: `sha256:${'ab'.repeat(32)}`, digest: `sha256:${'cd'.repeat(32)}` },
        limits: { memory: 67_108_864, cpus: 2, pids: 512 },
        mounts: [{ kind: 'bind', source: '/a', target: '/b', read_only: true }],
      },
    });
    const { out } = await holdfast('status', 'memory');
    for (const line of [
      /^Engine: +unix:\/\/\/var\/run\/docker.sock$/m,
      /^Container: +0123456789ab$/m,
      /^Image id: +abababababab$/m,
      /^Limits: +memory 64 MiB, 2 cores, 512 processes$/m,
      /^Mounts: +\/a:\/b:ro$/m,
    ]) {
      expect(out).toMatch(line);
    }
    expect((await holdfast('ls')).out).toMatch(/ docker 0123456789ab {2}/);
    expect(JSON.parse((await holdfast('inspect', 'memory')).out)).toMatchObject({ pid: null, container: { id: ID } });
  });

  const exit = { generation: 1, exitCode: null, signal: null, oom: false, startedAt: 0, readyAt: null, endedAt: 0, lastLines: [] };
  it.each([
    ['unhealthy (paused)', null, { ...running, health: 'degraded', reason: { code: 'paused', message: 'x' } }],
    ['unknown (runtime unavailable)', null, { ...running, reason: { code: 'runtime-unavailable', message: 'x' } }],
    [
      'unknown (runtime unavailable)',
      'its engine went down',
      {
        lifecycle: 'backoff',
        reason: { code: 'HF_RUNTIME_UNAVAILABLE', message: 'x' },
        ladder: { attempts: 0, step: 0, immediates: [], nextStartAt: Date.now() + 60_000 },
        lastExit: { ...exit, cause: 'engine' },
      },
    ],
    [
      'stopped (removed by somebody else)',
      'removed by somebody else',
      { lifecycle: 'stopped', reason: { code: 'removed-outside', message: 'x' }, lastExit: { ...exit, cause: 'removed' } },
    ],
    [
      'running',
      'out of memory (limit 64 MiB)',
      { ...running, lastExit: { ...exit, cause: 'oom', oom: true, exitCode: 137, signal: 'SIGKILL', memoryLimit: 67_108_864 } },
    ],
    [
      'running',
      'SIGTERM, ended by somebody else',
      { ...running, lastExit: { ...exit, cause: 'signalled', signal: 'SIGTERM', byOther: true } },
    ],
  ] as const)('shows %s, last exit %s', async (status, last, observed) => {
    await runMemory();
    api.workloads.set('memory', observed as Parameters<typeof api.workloads.set>[1]);
    const row = (await holdfast('ls', '-a')).out.split('\n')[1] ?? '';
    expect(row.split(/\s{2,}/)[2]).toBe(status);
    expect(row.split(/\s{2,}/).at(-1)).toMatch(last === null ? /^-$/ : last);
  });

  it('is not listed without --all once somebody else removed it, and `wait` says so', async () => {
    await runMemory();
    api.workloads.set('memory', { lifecycle: 'stopped', reason: { code: 'removed-outside', message: 'gone' }, backend: null });
    expect((await holdfast('ls')).out).toContain('No workloads');
    expect((await holdfast('ls', '-a')).out).toContain('removed by somebody else');
    expect(await holdfast('wait', 'memory', '--timeout', '5s')).toMatchObject({
      exit: 1,
      err: expect.stringContaining('HF_REMOVED_OUTSIDE') as string,
    });
  });
});

describe('holdfast runtime check', () => {
  const absent = { strategy: 'DOCKER_HOST', address: null, outcome: 'absent', detail: 'it is not set', engine: null } as const;
  const docker = { kind: 'docker', version: '20.10.24', apiVersion: '1.41' } as const;
  const usual = {
    strategy: 'usual socket',
    address: 'unix:///var/run/docker.sock',
    outcome: 'answers',
    detail: '',
    engine: docker,
  } as const;

  it('lists what was tried for the environment of the caller, and where images run', async () => {
    api.engines.push(absent, usual, { ...usual, strategy: 'podman' });
    env['DOCKER_HOST'] = '';
    const { exit, out } = await holdfast('runtime', 'check');
    expect(exit).toBe(0);
    const rows = out
      .trimEnd()
      .split('\n')
      .map((row) => row.split(/\s{2,}/));
    expect(rows.slice(1)).toEqual([
      ['DOCKER_HOST', '-', '-', 'nothing there: it is not set'],
      ['usual socket', 'unix:///var/run/docker.sock', 'docker 20.10.24', 'images run here'],
      ['podman', 'unix:///var/run/docker.sock', 'docker 20.10.24', 'answers'],
    ]);
    expect(api.surveyed[0]).toMatchObject({ HOME: '/home/me', DOCKER_HOST: '' });
    expect(JSON.parse((await holdfast('runtime', 'check', '--format', 'json')).out)).toMatchObject({
      candidates: [{ chosen: false }, { chosen: true, engine: { api_version: '1.41' } }, { chosen: false }],
    });
  });

  it('ends with 3 where no engine answers, and still lists what was tried', async () => {
    api.engines.push(absent);
    const { exit, out, err } = await holdfast('runtime', 'check');
    expect([exit, out.includes('DOCKER_HOST')]).toEqual([3, true]);
    expect(err).toContain('HF_RUNTIME_UNAVAILABLE');
    const quiet = await holdfast('runtime', 'check', '--format', 'json');
    expect([quiet.exit, JSON.parse(quiet.out)]).toMatchObject([3, { candidates: [{ outcome: 'absent' }] }]);
  });
});
