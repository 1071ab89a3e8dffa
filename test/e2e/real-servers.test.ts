import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Workload } from '../../src/api/contract/workload.ts';
import { type ClientOptions, closeAll, connect, connectEach, SDKS } from '../support/clients.ts';
import { RESTART_AT_ONCE } from '../support/fixture.ts';
import { createHome, type Home } from '../support/home.ts';
import { until } from '../support/until.ts';

let home: Home;

beforeAll(async () => {
  home = await createHome();
});

afterAll(() => home.end());

const entry = (name: string): string =>
  fileURLToPath(new URL(`../../node_modules/@modelcontextprotocol/server-${name}/dist/index.js`, import.meta.url));

/** Runs a published server; resolves with its URL. */
async function run(name: string, flags: readonly string[], args: readonly string[]): Promise<string> {
  const said = await home.ok('run', 'cmd://node', `--name=${name}`, '--format=json', ...RESTART_AT_ONCE, ...flags, '--', ...args);
  return (JSON.parse(said) as Workload).url;
}

async function kill(name: string): Promise<Workload> {
  const before = await home.workload(name);
  process.kill(before.pid ?? 0, 'SIGKILL');
  return before;
}

const capable: ClientOptions = { elicit: () => 'yes', sample: () => 'said', roots: ['file:///here'] };

it('server-everything over stdio: lists, calls and questions of both clients go on after a kill', async () => {
  const url = await run('everything', [], [entry('everything'), 'stdio']);
  const clients = await connectEach(url, capable);
  const before = await Promise.all(clients.map((client) => client.tools()));
  expect(before[0]?.length).toBeGreaterThan(12);
  const sessions = clients.map((client) => client.sessionId());
  await kill('everything');
  for (const client of clients) expect(await client.text('echo', { message: client.sdk })).toContain(client.sdk);
  expect(await Promise.all(clients.map((client) => client.tools()))).toEqual(before);
  for (const client of clients) expect(await client.text('trigger-sampling-request', { prompt: 'x' })).toContain('said');
  expect(clients.map((client) => client.sessionId())).toEqual(sessions);
  await closeAll(clients);
});

it('server-everything is killed in a long safe operation: it is repeated, and its progress only grows', async () => {
  const url = await run('long', [], [entry('everything'), 'stdio']);
  const clients = await connectEach(url);
  const seen = clients.map((): number[] => []);
  const { pid } = await home.workload('long');
  const operations = clients.map((client, index) =>
    client.text('trigger-long-running-operation', { duration: 2, steps: 8 }, { onProgress: (progress) => seen[index]?.push(progress) }),
  );
  await until('both have progress', () => seen.every((values) => values.length >= 2));
  process.kill(pid ?? 0, 'SIGKILL');
  for (const text of await Promise.all(operations)) expect(text).toContain('completed');
  for (const values of seen) {
    expect(values).toEqual(values.toSorted((a, b) => a - b));
    expect(new Set(values).size).toBe(values.length);
    expect(values.at(-1)).toBe(8);
  }
  await closeAll(clients);
});

it.each(['isolated', 'http'] as const)(
  "server-everything (%s) shows the tools that a client's capabilities call for, also after a kill",
  async (kind) => {
    const loopback = fileURLToPath(new URL('../support/servers/loopback-only.mjs', import.meta.url));
    const url =
      kind === 'isolated'
        ? await run('caps-isolated', ['--sessions=isolated'], [entry('everything'), 'stdio'])
        : await run(
            'caps-http',
            ['--transport=streamable-http', '--env=PORT={port}'],
            ['--import', loopback, entry('everything'), 'streamableHttp'],
          );
    const clients = await Promise.all([connect('old', url), connect('new', url, capable), connect('old', url, { elicit: () => 'yes' })]);
    const tools = async (): Promise<string[][]> => Promise.all(clients.map((client) => client.tools()));
    const before = await until('all optional tools are there', async () => {
      const lists = await tools();
      return (lists[1]?.length ?? 0) > (lists[2]?.length ?? 0) && (lists[2]?.length ?? 0) > (lists[0]?.length ?? 0) && lists;
    });
    const killed = home.processes(`caps-${kind}`);
    expect(killed.length).toBeGreaterThan(0);
    for (const { pid } of killed) process.kill(pid, 'SIGKILL');
    for (const client of clients) expect(await client.text('echo', { message: 'hello' })).toContain('hello');
    await until('the tools are the same', async () => JSON.stringify(await tools()) === JSON.stringify(before));
    await closeAll(clients);
    await home.ok('rm', `caps-${kind}`);
  },
);

it('server-filesystem and server-memory keep what they wrote; an unsafe call is not run twice', async () => {
  const folder = join(home.folder, 'files');
  mkdirSync(folder);
  writeFileSync(join(folder, 'a.txt'), 'hello');
  const urls = await Promise.all([
    run('filesystem', [], [entry('filesystem'), folder]),
    run('memory', [`--env=MEMORY_FILE_PATH=${join(folder, 'memory.json')}`], [entry('memory')]),
  ]);
  const [files, memory] = await Promise.all(urls.map((url) => connect('new', url)));
  if (!files || !memory) throw new Error('two clients were asked for');
  await memory.call('create_entities', { entities: [{ name: 'x', entityType: 'thing', observations: ['one'] }] });
  await files.call('write_file', { path: join(folder, 'b.txt'), content: 'there' });
  await Promise.all(['filesystem', 'memory'].map(kill));
  expect(await files.text('read_text_file', { path: join(folder, 'a.txt') })).toBe('hello');
  expect(await files.text('read_text_file', { path: join(folder, 'b.txt') })).toBe('there');
  const graph = JSON.parse(await memory.text('read_graph')) as { entities: unknown[] };
  expect(graph.entities).toEqual([expect.objectContaining({ name: 'x', observations: ['one'] })]);
  await memory.call('add_observations', { observations: [{ entityName: 'x', contents: ['two'] }] });
  expect(await memory.text('read_graph')).toContain('two');
  await closeAll([files, memory]);
});

it('server-sequential-thinking answers both clients while it is killed under them', async () => {
  const url = await run('thinking', [], [entry('sequential-thinking')]);
  const clients = await connectEach(url);
  await Promise.all(clients.map((client) => client.tools()));
  const think = (thoughtNumber: number): object => ({
    thought: `t${thoughtNumber}`,
    nextThoughtNeeded: true,
    thoughtNumber,
    totalThoughts: 20,
  });
  let killed: Promise<unknown> = Promise.resolve();
  for (let number = 1; number <= 12; number += 1) {
    if (number % 5 === 0) killed = kill('thinking');
    const texts = await Promise.all(clients.map((client) => client.text('sequentialthinking', { ...think(number) })));
    for (const text of texts) expect(text).toContain(`"thoughtNumber": ${number}`);
    await killed;
  }
  await closeAll(clients);
});

it('mcp-server-time, written in Python, brought by uvx', { timeout: 180_000 }, async (context) => {
  const missing = await promisify(execFile)('uvx', ['--version']).then(
    () => null,
    (error: unknown) => (error instanceof Error ? error.message : 'uvx cannot be run'),
  );
  if (missing !== null) return context.skip(`needs uv: ${missing}`);
  const cache = join(home.folder, 'uv-cache');
  const said = await home.ok(
    'run',
    'uvx://mcp-server-time',
    '--name=time',
    '--format=json',
    `--env=UV_CACHE_DIR=${cache}`,
    ...RESTART_AT_ONCE,
  );
  const { url } = JSON.parse(said) as Workload;
  const clients = await connectEach(url);
  const before = await Promise.all(clients.map((client) => client.tools()));
  expect(before).toEqual(SDKS.map(() => ['get_current_time', 'convert_time']));
  const { pid } = await home.workload('time');
  process.kill(pid ?? 0, 'SIGKILL');
  await home.untilWorkload('time', 'is back', (workload) => workload.lifecycle === 'running' && workload.pid !== pid);
  for (const client of clients) expect(await client.text('get_current_time', { timezone: 'Europe/Berlin' })).toContain('Europe/Berlin');
  const wrong = await clients[0]?.call('get_current_time', { timezone: 'Nowhere/City' });
  expect(wrong?.isError).toBe(true);
  await closeAll(clients);
});
