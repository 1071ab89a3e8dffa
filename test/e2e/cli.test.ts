import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Workload } from '../../src/api/contract/workload.ts';
import { connect } from '../support/clients.ts';
import { Fixture } from '../support/fixture.ts';
import { createHome, type Home } from '../support/home.ts';
import { isAlive, processesWith } from '../support/processes.ts';
import { builtProgram } from '../support/program.ts';
import { until } from '../support/until.ts';

interface ErrorEnvelope {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly why: string | null;
    readonly fix: string;
    readonly data: { readonly lastLines?: string[] };
  };
}

/** The error that a command prints under `--format json`. */
const errorOf = (stderr: string): ErrorEnvelope['error'] => (JSON.parse(stderr.trim().split('\n').at(-1) ?? '') as ErrorEnvelope).error;

describe('the built command line', () => {
  let home: Home;
  let server: Fixture;

  beforeAll(async () => {
    home = await createHome();
    server = await Fixture.run(home, 'served', { flags: ['--group', 'work', '-l', 'team=x'] });
  });
  afterAll(() => home.end());

  it('starts the daemon when it is needed, and says so', async () => {
    const other = await createHome();
    expect(await other.run('daemon', 'status')).toMatchObject({ code: 1 });
    expect(await other.run('ls')).toMatchObject({ code: 0, stderr: expect.stringContaining('Starting the daemon') as string });
    expect((await other.daemon()).home).toBe(other.folder);
    await other.end();
  });

  it('ends with one daemon when several are started at once', async () => {
    const other = await createHome();
    const all = await Promise.all([1, 2, 3, 4].map(() => other.run('ls', '--format', 'json')));
    expect(all.map(({ code, stdout }) => [code, stdout])).toEqual(all.map(() => [0, '[]\n']));
    await until('one daemon is left', () => processesWith(`HOLDFAST_HOME=${other.folder}`).length === 1 || undefined);
    await other.end();
  });

  it('says why a daemon cannot start, at once', async () => {
    const other = await createHome();
    await mkdir(join(other.folder, 'state'), { mode: 0o700 });
    await writeFile(join(other.folder, 'state', 'format.json'), '{"schema":99}');
    const started = performance.now();
    const { code, stderr } = await other.run('ls', '--format', 'json');
    expect(performance.now() - started).toBeLessThan(8_000);
    expect(code).toBe(1);
    expect(errorOf(stderr)).toMatchObject({ code: 'HF_DAEMON_UNREACHABLE' });
    expect(errorOf(stderr).data.lastLines?.join('\n')).toMatch(/newer/);
    expect(readFileSync(join(other.folder, 'state', 'format.json'), 'utf8')).toBe('{"schema":99}');
    await other.end();
  });

  it('lists what runs, for people, programs and AI applications', async () => {
    const workload = await home.workload('served');
    expect(workload).toMatchObject({
      status: 'running',
      group: 'work',
      labels: { team: 'x' },
      restarts: 0,
      last_exit: null,
      generation: 1,
    });
    expect(isAlive(workload.pid ?? 0)).toBe(true);
    expect(await home.ok('ls', '-l', 'team=x')).toContain(workload.url);
    expect(JSON.parse(await home.ok('ls', '--format', 'mcpservers'))).toEqual({
      mcpServers: { served: { url: workload.url, type: 'streamable-http' } },
    });
    expect(await home.ok('url', 'served')).toBe(`${workload.url}\n`);
  });

  it('refuses words it does not know with exit code 2, before it needs a daemon', async () => {
    for (const words of [
      ['lst'],
      ['ls', '--al'],
      ['run'],
      ['run', 'cmd://node', '--volume', 'a:b'],
      ['run', 'mcp/memory', '--memory', 'much'],
      ['run', 'mcp/memory', '--permission-profile', 'none'],
      ['runtime'],
      ['run', 'cmd://node', '--hold', 'x'],
      ['mcp'],
    ]) {
      const { code, stdout, stderr } = await home.run(...words);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain('HF_USAGE');
    }
  });

  it('leaves nothing behind when a run fails', async () => {
    const run = (...words: string[]): Promise<{ code: number; stderr: string }> =>
      home.run('run', '--format', 'json', '--name', 'bad', ...words);
    const cases = [
      ['HF_COMMAND_NOT_FOUND', 1, ['cmd://no-such-program-here']],
      ['HF_START_FAILED', 1, ['cmd://node', '--', '-e', 'console.error("no config"); process.exit(3)']],
      ['HF_NOT_READY', 1, ['cmd://node', '--timeout', '300ms', '--', '-e', 'setInterval(() => {}, 1000)']],
      ['HF_UNSUPPORTED', 2, ['cmd://node', '--transport', 'sse']],
      ['HF_BAD_SPEC', 2, ['cmd://node', '--hold', '2h']],
      ['HF_BAD_SPEC', 2, ['cmd://node', '--memory', '64m']],
      ['HF_BAD_NAME', 2, ['cmd://node', '--name', 'api']],
    ] as const;
    for (const [expected, exit, words] of cases) {
      const { code, stderr } = await run(...words);
      expect([errorOf(stderr).code, code]).toEqual([expected, exit]);
    }
    const failed = errorOf((await run('cmd://node', '--', '-e', 'console.error("no config"); process.exit(3)')).stderr);
    expect(JSON.stringify(failed)).toContain('no config');
    expect(await home.ok('ls', '-a', '-q')).toBe('served\n');
    expect(await home.run('run', 'cmd://node', '--name', 'served')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('HF_NAME_TAKEN') as string,
    });
  });

  it('changes a workload and keeps its URL and its sessions', async () => {
    const client = await connect('old', server.url);
    const before = await home.workload('served');
    expect(await home.ok('update', 'served', '--hold', '20s')).toContain('was not touched');
    expect((await home.workload('served')).pid).toBe(before.pid);
    expect(await home.ok('update', 'served', '-e', 'EXTRA=1')).toContain('started anew');
    const after = await home.workload('served');
    expect(after.pid).not.toBe(before.pid);
    expect(after).toMatchObject({ url: before.url, group: 'work', restarts: before.restarts });
    expect(JSON.parse(await client.text('whoami'))).toMatchObject({ pid: after.pid });
    await client.close();
  });

  it('lists and calls tools', async () => {
    const offered = JSON.parse(await home.ok('mcp', 'list', '--server', 'served', '--format', 'json')) as Record<
      string,
      { name: string }[]
    >;
    expect(Object.keys(offered)).toEqual(['tools', 'resources', 'prompts']);
    expect(offered['tools']?.map(({ name }) => name)).toContain('safe');
    expect(await home.ok('mcp', 'list', 'tools', '--server', server.url)).toContain('Counts: safe');
    expect(await home.ok('mcp', 'call', 'safe', '--server', 'served', '--args', '{"tag":"a"}')).toBe('safe a\n');
    await writeFile(join(home.folder, 'args.json'), '{"tag":"b"}');
    expect(await home.ok('mcp', 'call', 'safe', '--server', 'served', '--args-file', 'args.json')).toBe('safe b\n');
  });

  it('ends with 1 when a tool reports an error, unless told otherwise, and with a code for what else goes wrong', async () => {
    const wrong = ['mcp', 'call', 'safe', '--server', 'served', '--args', '{"tag":1}'];
    expect(await home.run(...wrong)).toMatchObject({ code: 1, stderr: expect.stringContaining('HF_TOOL_ERROR') as string });
    expect((await home.run(...wrong, '--ignore-tool-error')).code).toBe(0);
    expect((await home.run('mcp', 'call', 'safe', '--server', 'served', '--args', '{')).code).toBe(2);
    expect((await home.run('mcp', 'list', '--server', 'nobody')).stderr).toContain('HF_WORKLOAD_UNKNOWN');
    expect((await home.run('mcp', 'list', '--server', 'http://127.0.0.1:1/mcp')).stderr).toContain('HF_BAD_ANSWER');
    expect(
      (await home.run('mcp', 'call', 'unsafe', '--server', 'served', '--args', '{"ms":60000}', '--timeout', '300ms')).stderr,
    ).toContain('HF_REQUEST_TIMEOUT');
  });

  it('stops, starts, restarts, waits and removes', async () => {
    await Fixture.run(home, 'other');
    const { pid } = await home.workload('other');
    expect(await home.ok('stop', 'other')).toBe('other is stopped\n');
    expect(isAlive(pid ?? 0)).toBe(false);
    expect(await home.ok('ls', '-q')).toBe('served\n');
    expect(await home.ok('ls', '-aq')).toBe('other\nserved\n');
    expect(await home.ok('stop', 'other')).toBe('other is stopped\n');
    expect((await home.run('wait', 'other', '--timeout', '1s')).stderr).toContain('HF_WORKLOAD_STOPPED');
    expect(await home.ok('start', 'other')).toContain('is running at');
    expect(await home.ok('wait', 'other')).toBe('other is running\n');
    expect(await home.ok('restart', 'other')).toContain('is running at');
    expect(await home.ok('rm', 'other')).toBe('other is gone\n');
    expect((await home.run('status', 'other')).stderr).toContain('HF_WORKLOAD_UNKNOWN');
    expect((await home.run('rm', 'other')).code).toBe(1);
    expect((await home.run('rm', '-f', 'other')).code).toBe(0);
  });

  it('masks secrets and warns of one among the arguments', async () => {
    const program = new URL('../support/servers/fixture-stdio.mjs', import.meta.url).pathname;
    const words = ['cmd://node', '--name', 'secret', '-e', 'API_TOKEN=hush-hush-hush', '--', program, '--password=hush-hush-hush'];
    expect(await home.run('run', ...words)).toMatchObject({ code: 0, stderr: expect.stringContaining('looks like a secret') as string });
    expect(await home.ok('inspect', 'secret')).toContain('"API_TOKEN": "***"');
    for (const shown of [['inspect', 'secret'], ['ls', '--format', 'json'], ['events'], ['logs', 'secret', '-p']]) {
      expect(await home.ok(...shown)).not.toContain('hush');
    }
    await home.ok('rm', 'secret');
  });

  it('keeps the servers that can live through a restart of the daemon, their URL and their sessions', async () => {
    const http = await Fixture.run(home, 'http', { kind: 'http' });
    const client = await connect('old', http.url);
    const [{ pid: daemonPid }, before] = [await home.daemon(), await home.workload('http')];
    await home.ok('daemon', 'restart');
    expect((await home.daemon()).pid).not.toBe(daemonPid);
    const after = await home.untilWorkload('http', 'is adopted', ({ lifecycle }) => lifecycle === 'running');
    expect(after).toMatchObject({ pid: before.pid, url: before.url, generation: before.generation });
    expect(JSON.parse(await client.text('whoami'))).toMatchObject({ pid: before.pid });
    await client.close();
    await home.ok('rm', 'http');
  });
});

describe('a command that is interrupted', () => {
  let home: Home;
  let children: ChildProcess[] = [];

  beforeEach(async () => {
    home = await createHome();
    children = [];
  });
  afterEach(async () => {
    for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await home.end();
  });

  /** Starts the command line and collects what it says. */
  async function begin(...words: string[]): Promise<{ child: ChildProcess; said: () => string; ended: Promise<number | null> }> {
    const { PATH = '' } = process.env;
    const env = { PATH, HOME: home.folder, HOLDFAST_HOME: home.folder, HOLDFAST_GATEWAY_PORT: '0' };
    const child = spawn(process.execPath, [await builtProgram(), ...words], { cwd: home.folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    children.push(child);
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
    return { child, said: () => text, ended };
  }

  const slowServer = (ms: number): string =>
    `setTimeout(() => import(${JSON.stringify(new URL('../support/servers/fixture-stdio.mjs', import.meta.url).href)}), ${ms})`;

  it('does not cancel the run that the daemon has begun', async () => {
    const { child, said, ended } = await begin('run', 'cmd://node', '--name', 'slow', '--', '--input-type=module', '-e', slowServer(1_500));
    await until('the server is being started', () => said().includes('starting') || undefined);
    child.kill('SIGKILL');
    await ended;
    const listed = await home.untilWorkload('slow', 'runs', ({ lifecycle }) => lifecycle === 'running');
    expect(listed.generation).toBe(1);
  });

  it('stops its workload when it was in the foreground, and shows its log', async () => {
    const script = `console.error('hello from the server'); ${slowServer(0)}`;
    const { child, said, ended } = await begin('run', 'cmd://node', '--name', 'front', '-f', '--', '--input-type=module', '-e', script);
    await until('it stays', () => said().includes('Ctrl-C') || undefined);
    const { pid } = await home.workload('front');
    process.kill(pid ?? 0, 'SIGKILL');
    await until('the exit is shown', () => said().includes('backend.exited') || undefined);
    await until('the log of the next one is shown', () => said().includes('hello from the server') || undefined);
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    expect(await home.workload('front')).toMatchObject<Partial<Workload>>({ status: 'stopped', pid: null });
  });

  it('follows logs and events until then, which is no failure', async () => {
    await Fixture.run(home, 'loud');
    const logs = await begin('logs', 'loud', '-f');
    const events = await begin('events', '-f', '--tail', '0');
    await home.ok('restart', 'loud');
    await until('the events are shown', () => events.said().includes('backend.ready') || undefined);
    for (const { child, ended } of [logs, events]) {
      child.kill('SIGTERM');
      expect(await ended).toBe(0);
    }
  });
});
