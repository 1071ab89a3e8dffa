import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CommandResult, type CommandSurroundings, commandLine } from './command-line.ts';
import { type DaemonApi, startDaemonApi } from './daemon-api.ts';

let api: DaemonApi;
beforeEach(async () => {
  api = await startDaemonApi();
});
afterEach(async () => {
  await api.close();
});

const holdfast = (...argv: string[]): Promise<CommandResult> => commandLine({ home: api.folder }, ...argv);
const holdfastWith = (surroundings: Partial<CommandSurroundings>, ...argv: string[]): Promise<CommandResult> =>
  commandLine({ home: api.folder, ...surroundings }, ...argv);
const json = async (...argv: string[]): Promise<unknown> => JSON.parse((await holdfast(...argv, '--format', 'json')).out) as unknown;

const LIST_FIELDS = [
  'name',
  'package',
  'url',
  'port',
  'transport_type',
  'proxy_mode',
  'status',
  'status_context',
  'created_at',
  'started_at',
  'labels',
  'group',
  'tools',
  'remote',
  'restarts',
  'last_exit',
  'lifecycle',
  'health',
  'reason',
  'generation',
  'pid',
];

describe('holdfast list', () => {
  it('is an empty list in JSON and a sentence in text', async () => {
    expect((await holdfast('ls', '--format', 'json')).out).toBe('[]\n');
    expect((await holdfast('ls')).out).toContain('No workloads');
    expect((await holdfast('ls', '-q')).out).toBe('');
  });

  it('has the fields that scripts know', async () => {
    await holdfast('run', 'cmd://true', '--name', 'a');
    const [workload] = (await json('list')) as Record<string, unknown>[];
    for (const field of LIST_FIELDS) expect(workload).toHaveProperty(field);
    expect(workload).toMatchObject({
      name: 'a',
      port: 7420,
      proxy_mode: 'streamable-http',
      group: 'default',
      tools: [],
      remote: false,
      pid: 4711,
    });
  });

  it('is a table with restarts and the last exit', async () => {
    await holdfast('run', 'cmd://true', '--name', 'a');
    const exit = {
      generation: 1,
      cause: 'exited',
      exitCode: 1,
      signal: null,
      oom: false,
      startedAt: 0,
      readyAt: null,
      endedAt: Date.now(),
      lastLines: ['x', 'no such table', ''],
    } as const;
    api.workloads.set('a', {
      lifecycle: 'failed',
      restarts: 3,
      lastExit: { ...exit, lastLines: [...exit.lastLines] },
      reason: { code: 'attempts-exhausted', message: 'ten times' },
    });
    const [head = '', row = ''] = (await holdfast('ls')).out.split('\n');
    expect(head.split(/\s{2,}/)).toEqual([
      'NAME',
      'PACKAGE',
      'STATUS',
      'URL',
      'PORT',
      'GROUP',
      'CREATED',
      'RUNTIME',
      'RESTARTS',
      'LAST EXIT',
    ]);
    expect(row.split(/\s{2,}/)).toEqual([
      'a',
      'cmd://true',
      'error (attempts-exhausted)',
      'http://127.0.0.1:7420/a/mcp',
      '7420',
      'default',
      'now',
      'process',
      '3',
      'exit 1, now: no such table',
    ]);
  });

  it('prints the form that AI applications read', async () => {
    await holdfast('run', 'cmd://true', '--name', 'a');
    expect(JSON.parse((await holdfast('ls', '--format', 'mcpservers')).out)).toEqual({
      mcpServers: { a: { url: 'http://127.0.0.1:7420/a/mcp', type: 'streamable-http' } },
    });
  });

  it('filters by group and label, and sorts by name', async () => {
    await holdfast('run', 'cmd://true', '--name', 'b', '--group', 'work', '-l', 'team=x', '-l', 'tier=1');
    await holdfast('run', 'cmd://true', '--name', 'a');
    expect((await holdfast('ls', '-q')).out).toBe('a\nb\n');
    expect((await holdfast('ls', '-q', '--group', 'work')).out).toBe('b\n');
    expect((await holdfast('ls', '-q', '-l', 'team=x', '-l', 'tier=1')).out).toBe('b\n');
    expect((await holdfast('ls', '-q', '-l', 'team=y')).out).toBe('');
  });
});

describe('holdfast ls --watch', () => {
  it('shows the list again after each change, until it is interrupted', async () => {
    const interruption = new AbortController();
    const lists: string[] = [];
    const onOut = (out: string): void => {
      lists.splice(0, lists.length, ...out.trim().split('\n'));
      if (lists.length === 1) void api.workloads.remove('a', () => {});
      else interruption.abort();
    };
    await holdfast('run', 'cmd://true', '--name', 'a');
    const { exit } = await holdfastWith({ interrupted: interruption.signal, onOut }, 'ls', '--watch', '--format', 'json');
    expect(exit).toBe(0);
    expect(lists.map((line) => (JSON.parse(line) as { name: string }[]).map(({ name }) => name))).toEqual([['a'], []]);
  });

  it('empties the screen of a terminal', async () => {
    const interruption = new AbortController();
    const { out } = await holdfastWith(
      { terminal: true, interrupted: interruption.signal, onOut: (text) => text.includes('No workloads') && interruption.abort() },
      'ls',
      '--watch',
    );
    expect(out.startsWith('\u001b[H\u001b[2J')).toBe(true);
  });
});

describe('a gateway that does not listen', () => {
  it('is told beside the list and the result, as JSON under json', async () => {
    api.setProblem('port 7420 is taken by nginx (process 17)');
    expect(await holdfast('ls', '-q')).toMatchObject({
      exit: 0,
      out: '',
      err: 'warning: The gateway does not listen: port 7420 is taken by nginx (process 17). It is tried again each second.\n',
    });
    const { out, err } = await holdfast('ls', '--format', 'json');
    expect([out, JSON.parse(err)]).toEqual([
      '[]\n',
      { warning: 'The gateway does not listen: port 7420 is taken by nginx (process 17). It is tried again each second.' },
    ]);
    expect((await holdfast('run', 'cmd://true')).err).toContain('nginx');
  });
});

describe('holdfast run', () => {
  it('prints what was chosen and the URL; steps go to stderr', async () => {
    const { exit, out, err } = await holdfast('run', 'cmd://true', '--name', 'a');
    expect(exit).toBe(0);
    expect(out).toBe('a runs cmd://true (process, stdio)\nhttp://127.0.0.1:7420/a/mcp\n');
    expect(err).toBe('Finding cmd://true\nStarting a\n');
  });

  it('prints the URL alone when quiet, and no steps under json', async () => {
    expect(await holdfast('run', 'cmd://true', '--name', 'a', '-q')).toEqual({ exit: 0, out: 'http://127.0.0.1:7420/a/mcp\n', err: '' });
    const { out, err } = await holdfast('run', 'cmd://true', '--name', 'b', '--format', 'json');
    expect(JSON.parse(out)).toMatchObject({ name: 'b', status: 'running', warnings: [] });
    expect(err).toBe('');
  });

  it('merges folders, files and -e, in this order, and takes values of the shell', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hf-env-'));
    await writeFile(join(folder, 'a.env'), 'A=dir\nB=dir\nC=dir\nD=dir\n');
    await writeFile(join(api.folder, 'b.env'), 'B=file\nC=file\n');
    const surroundings = { env: { D: 'shell' } };
    const { exit } = await holdfastWith(
      surroundings,
      'run',
      'cmd://true',
      '--name',
      'a',
      '--env-file-dir',
      folder,
      '--env-file',
      'b.env',
      '-e',
      'C=flag=1',
      '-e',
      'D',
    );
    expect(exit).toBe(0);
    expect(api.workloads.get('a').spec.launch.env).toEqual({ PATH: '/bin', A: 'dir', B: 'file', C: 'flag=1', D: 'shell' });
    await rm(folder, { recursive: true });
  });

  it('names file and line of a bad environment file, and runs nothing', async () => {
    await writeFile(join(api.folder, 'b.env'), 'A=1\noops\n');
    const { exit, err } = await holdfast('run', 'cmd://true', '--env-file', 'b.env');
    expect(exit).toBe(2);
    expect(err).toContain('b.env:2');
    expect(err).toContain('HF_ENV_FILE');
    expect(await holdfast('run', 'cmd://true', '--env-file', 'gone.env')).toMatchObject({
      exit: 2,
      err: expect.stringContaining('why: there is no such file') as string,
    });
    expect((await holdfast('run', 'cmd://true', '-e', 'NOT_SET')).err).toContain('NOT_SET');
    expect(api.workloads.list()).toEqual([]);
  });

  it('hands everything that was said to the daemon', async () => {
    const flags =
      '--restart on-failure --restart-stable 1s --restart-immediate unlimited --restart-delays 1s,2s --restart-jitter 0 --restart-attempts 0 --hold 1s --timeout 2s --request-timeout 3s --session-ttl 4s --stop-timeout 5s --sessions isolated --max-sessions 2 --no-repeat --error-log-lines 0 --target-port 81 --target-path /x --proxy-port 0 --transport streamable-http --workdir sub --allowed-origins https://a.example';
    expect(await holdfast('run', 'cmd://true', '--name', 'a', ...flags.split(' '), '--', 'one', '--two')).toMatchObject({ exit: 0 });
    expect(api.workloads.get('a').spec).toMatchObject({
      args: ['one', '--two'],
      transport: 'streamable-http',
      targetPort: 81,
      proxyPort: 0,
      sessions: 'isolated',
      maxSessions: 2,
      restart: { mode: 'on-failure', stableMs: 1_000, immediate: { count: null }, delaysMs: [1_000, 2_000], jitter: 0, attempts: 0 },
      holdMs: 1_000,
      readyTimeoutMs: 2_000,
      requestTimeoutMs: 3_000,
      sessionTtlMs: 4_000,
      stopTimeoutMs: 5_000,
      repeat: false,
      errorLogLines: 0,
      allowedOrigins: ['https://a.example'],
      launch: { path: '/x', cwd: join(api.folder, 'sub') },
    });
  });

  it('warns of an argument that looks like a secret', async () => {
    expect((await holdfast('run', 'cmd://true', '--', '--token=abc')).err).toContain('warning: Argument 1');
  });

  it('fails with what, why, what to do and a code', async () => {
    await holdfast('run', 'cmd://true', '--name', 'a');
    const { exit, out, err } = await holdfast('run', 'cmd://true', '--name', 'a');
    expect([exit, out]).toEqual([1, '']);
    expect(err).toContain('error: A workload named "a" exists already');
    expect(err).toContain('holdfast update a');
    expect(err).toContain('--replace');
    expect(err).toContain('code: HF_NAME_TAKEN');
    expect((await holdfast('run', 'cmd://true', '--name', 'a', '--replace')).exit).toBe(0);
    expect((await holdfast('run', 'cmd://breaks')).err).toContain('    boom');
    expect((await holdfast('run', 'cmd://true', '--proxy-mode', 'sse')).exit).toBe(2);
  });

  it('tells errors as JSON on stderr under json, also mistakes in the words themselves', async () => {
    const { exit, out, err } = await holdfast('run', 'cmd://true', '--nmae', 'a', '--format', 'json');
    expect([exit, out]).toEqual([2, '']);
    expect(JSON.parse(err)).toMatchObject({ error: { code: 'HF_USAGE', message: "Unknown option '--nmae'" } });
  });

  it('goes on without a command line that is interrupted, which says so', async () => {
    const open = api.workloads.holdCreate();
    const interruption = new AbortController();
    const running = holdfastWith(
      { interrupted: interruption.signal, onErr: (err) => err.includes('Starting a') && interruption.abort() },
      'run',
      'cmd://true',
      '--name',
      'a',
    );
    const { exit, err } = await running;
    expect(exit).toBe(130);
    expect(err).toContain('goes on');
    open();
    await vi.waitFor(() => expect(api.workloads.find('a')).not.toBeNull());
  });

  it('stays in the foreground, and stops the workload when it is interrupted', async () => {
    const interruption = new AbortController();
    const running = holdfastWith(
      { interrupted: interruption.signal, onOut: (out) => out.includes('a line') && interruption.abort() },
      'run',
      'cmd://true',
      '--name',
      'a',
      '-f',
    );
    const adding = setInterval(() => api.addLine('a line'), 10);
    expect((await running).exit).toBe(0);
    clearInterval(adding);
    expect(api.workloads.get('a').status.lifecycle).toBe('stopped');
  });
});

describe('verbs on workloads', () => {
  beforeEach(async () => {
    for (const name of ['a', 'b']) await holdfast('run', 'cmd://true', '--name', name, '--group', name === 'a' ? 'work' : 'home');
  });

  it('stop, start and remove several; each error is told', async () => {
    const { exit, out, err } = await holdfast('stop', 'a', 'nobody', 'b');
    expect([exit, out]).toEqual([1, 'a is stopped\nb is stopped\n']);
    expect(err).toContain('There is no workload "nobody"');
    expect(api.workloads.calls).toContain('stop a 30000');
    expect(await json('start', '--all')).toMatchObject([
      { name: 'a', status: 'running' },
      { name: 'b', status: 'running' },
    ]);
    expect((await holdfast('stop', '-g', 'work', '--timeout', '5')).out).toBe('a is stopped\n');
    expect(api.workloads.calls).toContain('stop a 5000');
    expect(await json('rm', 'a', 'b')).toEqual([
      { removed: 'a', imported: null },
      { removed: 'b', imported: null },
    ]);
    expect((await holdfast('rm', 'a', '-f')).exit).toBe(0);
    expect(await holdfast('rm', '--all')).toMatchObject({ exit: 0, out: '' });
  });

  it('want exactly one way to say which', async () => {
    expect((await holdfast('stop')).exit).toBe(2);
    expect((await holdfast('stop', 'a', '--all')).exit).toBe(2);
    expect((await holdfast('start', '-a', '-f')).err).toContain('exactly one');
  });

  it('show, wait, print the URL', async () => {
    expect((await holdfast('status', 'a')).out).toMatch(/^Name: +a\nStatus: +running\n/);
    expect(await json('status', 'a')).toMatchObject({ name: 'a', status: 'running' });
    expect((await holdfast('url', 'a')).out).toBe('http://127.0.0.1:7420/a/mcp\n');
    expect(await json('url', 'a')).toEqual({ name: 'a', url: 'http://127.0.0.1:7420/a/mcp' });
    expect((await holdfast('wait', 'a')).out).toBe('a is running\n');
    expect((await holdfast('wait', 'a', '--for', 'stopped', '--timeout', '20ms')).exit).toBe(1);
    expect((await holdfast('status', 'nobody')).exit).toBe(1);
    expect(JSON.parse((await holdfast('inspect', 'a')).out)).toMatchObject({ spec: { holdMs: 30_000 }, observed: { everReady: true } });
  });

  it('update what was said', async () => {
    expect((await holdfast('update', 'a', '--hold', '1m')).out).toBe('a updated (holdMs); its server was not touched\n');
    expect((await holdfast('update', 'a', '--', 'new')).out).toBe('a updated (args, launch.args); its server was started anew\n');
    expect((await holdfast('update', 'a', '--hold', '1m')).out).toBe('a is like that already\n');
    expect((await holdfast('update', 'a')).exit).toBe(2);
  });

  it('end a wait that is interrupted with 130', async () => {
    const interruption = new AbortController();
    const waiting = holdfastWith({ interrupted: interruption.signal }, 'wait', 'a', '--for', 'removed');
    interruption.abort();
    expect(await waiting).toMatchObject({ exit: 130, err: '' });
  });
});

describe('holdfast logs and events', () => {
  beforeEach(async () => {
    await holdfast('run', 'cmd://true', '--name', 'a');
    api.addLine('\u001b[31mred\u001b[2J');
    api.addLine('last');
    api.events.append({ type: 'backend.exited', workload: 'a', message: 'exit 1', data: { exitCode: 1 } });
    api.events.append({ type: 'daemon.started', workload: null, message: 'hello', data: {} });
  });

  it('pass bytes as they are, but on a terminal only colours', async () => {
    expect((await holdfast('logs', 'a')).out).toBe('\u001b[31mred\u001b[2J\nlast\n');
    expect((await holdfastWith({ terminal: true }, 'logs', 'a')).out).toBe('\u001b[31mred\\x1b[2J\u001b[0m\nlast\n');
    expect((await holdfast('logs', 'a', '--tail', '1', '--timestamps')).out).toBe('- last\n');
    expect((await holdfast('logs', 'a', '-p', '--timestamps')).out).toBe('1970-01-01T00:00:05.000Z the daemon about it\n');
    expect((await holdfast('logs', 'a', '--tail', '1', '--format', 'json')).out).toBe('{"at":null,"line":"last"}\n');
    expect((await holdfast('logs', 'a', '--since', 'noon')).exit).toBe(2);
  });

  it('follow until they are interrupted, which is no failure', async () => {
    const interruption = new AbortController();
    const following = holdfastWith(
      { interrupted: interruption.signal, onOut: (out) => out.includes('last') && interruption.abort() },
      'logs',
      'a',
      '-f',
    );
    expect((await following).exit).toBe(0);
  });

  it('show events as lines or JSON, by workload', async () => {
    expect((await holdfast('events')).out).toMatch(/^\S+Z a backend\.exited exit 1\n\S+Z daemon\.started hello\n$/);
    const [event] = (await holdfast('events', 'a', '--format', 'json')).out.trim().split('\n');
    expect(JSON.parse(event ?? '')).toMatchObject({ seq: 1, type: 'backend.exited', workload: 'a', data: { exitCode: 1 } });
    expect((await holdfast('events', '--tail', '1')).out).toContain('hello');
  });
});

describe('without a daemon', () => {
  let home = '';
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'hf-none-'));
  });
  afterEach(async () => {
    await rm(home, { recursive: true });
  });

  it('what needs none starts none', async () => {
    expect(await commandLine({ home }, 'daemon', 'status')).toMatchObject({ exit: 1 });
    expect(JSON.parse((await commandLine({ home }, 'daemon', 'status', '--format', 'json')).out)).toEqual({ running: false });
    expect(await commandLine({ home }, 'daemon', 'stop')).toMatchObject({ exit: 0, out: 'No daemon runs\n' });
    expect(await commandLine({ home }, '__names')).toEqual({ exit: 0, out: '', err: '' });
    expect(JSON.parse((await commandLine({ home }, 'version', '--format', 'json')).out)).toMatchObject({ daemon: null });
    for (const shell of ['bash', 'zsh', 'fish']) expect((await commandLine({ home }, 'completion', shell)).out).toContain('__names');
    expect((await commandLine({ home }, 'completion', 'tcsh')).exit).toBe(2);
    expect(await commandLine({ home }, '--version')).toMatchObject({ exit: 0, out: expect.stringMatching(/^holdfast \d/) as string });
  });

  it('a home that cannot be is refused with a reason', async () => {
    await writeFile(join(home, 'file'), '');
    expect(await commandLine({ home: join(home, 'file') }, 'ls')).toMatchObject({
      exit: 1,
      err: expect.stringContaining('HF_HOME') as string,
    });
  });
});

describe('holdfast daemon', () => {
  it('shows how it is', async () => {
    expect(await json('daemon', 'status')).toMatchObject({ running: true, gateway: { port: 7420 }, workloads: { total: 0, running: 0 } });
    expect((await holdfast('daemon', 'status')).out).toMatch(/^Daemon: +runs, version/);
  });
});
