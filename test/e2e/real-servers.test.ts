import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, type TestContext } from 'vitest';
import type { Workload } from '../../src/api/contract/workload.ts';
import { type ClientOptions, closeAll, connect, connectEach, SDKS } from '../support/clients.ts';
import { pythonImageOrSkip } from '../support/engine/images/python-image.ts';
import { ensureImages, imageName } from '../support/engine/images.ts';
import { killServerOf, RESTART_AT_ONCE } from '../support/fixture.ts';
import type { Home } from '../support/home.ts';
import { killEach } from '../support/processes.ts';
import { describeRuntimes, homeOn } from '../support/runtimes.ts';
import { until } from '../support/until.ts';

/** Published servers: of these there are images, too. */
type Contained = 'everything' | 'memory';

const entry = (name: string): string =>
  fileURLToPath(new URL(`../../node_modules/@modelcontextprotocol/server-${name}/dist/index.js`, import.meta.url));

const capable: ClientOptions = { elicit: () => 'yes', sample: () => 'said', roots: ['file:///here'] };

/** Runs a source; resolves with its URL. */
async function runSource(
  home: Home,
  source: string,
  name: string,
  flags: readonly string[],
  args: readonly string[] = [],
): Promise<string> {
  const said = await home.ok('run', source, `--name=${name}`, '--format=json', ...RESTART_AT_ONCE, ...flags, '--', ...args);
  return (JSON.parse(said) as Workload).url;
}

async function kill(home: Home, name: string): Promise<Workload> {
  const before = await home.workload(name);
  killServerOf(before);
  return before;
}

describeRuntimes('real servers', (on) => {
  let home: Home;

  beforeAll(async () => {
    home = await homeOn(on);
    if (home.engine !== null) await ensureImages(home.engine, 'everything', 'memory');
  });

  afterAll(() => home?.end());

  /** Runs a published server; resolves with its URL. */
  const run = (server: Contained, name: string, flags: readonly string[], args: readonly string[]): Promise<string> =>
    on === 'process'
      ? runSource(home, 'cmd://node', name, flags, [entry(server), ...args])
      : runSource(home, imageName(server), name, flags, args);

  /** It listens where it likes: a container has that to itself. */
  function overHttp(name: string): [source: string, name: string, flags: string[], args: string[]] {
    if (on !== 'process') return [imageName('everything'), name, ['--transport=streamable-http', '--target-port=3001'], ['streamableHttp']];
    const loopback = fileURLToPath(new URL('../support/servers/loopback-only.mjs', import.meta.url));
    const flags = ['--transport=streamable-http', '--env=PORT={port}'];
    return ['cmd://node', name, flags, ['--import', loopback, entry('everything'), 'streamableHttp']];
  }

  it('server-everything over stdio: lists, calls and questions of both clients go on after a kill', async () => {
    const url = await run('everything', 'everything', [], ['stdio']);
    const clients = await connectEach(url, capable);
    const before = await Promise.all(clients.map((client) => client.tools()));
    expect(before[0]?.length).toBeGreaterThan(12);
    const sessions = clients.map((client) => client.sessionId());
    await kill(home, 'everything');
    for (const client of clients) expect(await client.text('echo', { message: client.sdk })).toContain(client.sdk);
    expect(await Promise.all(clients.map((client) => client.tools()))).toEqual(before);
    for (const client of clients) expect(await client.text('trigger-sampling-request', { prompt: 'x' })).toContain('said');
    expect(clients.map((client) => client.sessionId())).toEqual(sessions);
    await closeAll(clients);
  });

  it('server-everything is killed in a long safe operation: it is repeated, and its progress only grows', async () => {
    const url = await run('everything', 'long', [], ['stdio']);
    const clients = await connectEach(url);
    const seen = clients.map((): number[] => []);
    const before = await home.workload('long');
    const operations = clients.map((client, index) =>
      client.text('trigger-long-running-operation', { duration: 2, steps: 8 }, { onProgress: (progress) => seen[index]?.push(progress) }),
    );
    await until('both have progress', () => seen.every((values) => values.length >= 2));
    killServerOf(before);
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
      const url =
        kind === 'isolated'
          ? await run('everything', 'caps-isolated', ['--sessions=isolated'], ['stdio'])
          : await runSource(home, ...overHttp('caps-http'));
      const clients = await Promise.all([connect('old', url), connect('new', url, capable), connect('old', url, { elicit: () => 'yes' })]);
      const tools = async (): Promise<string[][]> => Promise.all(clients.map((client) => client.tools()));
      const before = await until('all optional tools are there', async () => {
        const lists = await tools();
        return (lists[1]?.length ?? 0) > (lists[2]?.length ?? 0) && (lists[2]?.length ?? 0) > (lists[0]?.length ?? 0) && lists;
      });
      const killed = await home.pids(`caps-${kind}`);
      expect(killed.length).toBeGreaterThan(0);
      // The first of a container takes the others along.
      killEach(killed);
      for (const client of clients) expect(await client.text('echo', { message: 'hello' })).toContain('hello');
      await until('the tools are the same', async () => JSON.stringify(await tools()) === JSON.stringify(before));
      await closeAll(clients);
      await home.ok('rm', `caps-${kind}`);
    },
  );

  it('server-memory keeps what it wrote: its file system outlives it', async () => {
    const url = await run('memory', 'memory', [`--env=MEMORY_FILE_PATH=${on === 'process' ? home.folder : '/tmp'}/memory.json`], []);
    const clients = await connectEach(url);
    const [one, two] = clients;
    await one?.call('create_entities', { entities: [{ name: 'x', entityType: 'thing', observations: ['one'] }] });
    await kill(home, 'memory');
    const graph = JSON.parse((await two?.text('read_graph')) ?? '') as { entities: unknown[] };
    expect(graph.entities).toEqual([expect.objectContaining({ name: 'x', observations: ['one'] })]);
    await one?.call('add_observations', { observations: [{ entityName: 'x', contents: ['two'] }] });
    expect(await two?.text('read_graph')).toContain('two');
    await closeAll(clients);
  });

  it('mcp-server-time, written in Python', { timeout: 180_000 }, async (context) => {
    const source = await (on === 'process' ? broughtByUvx(context) : inAnImage(context));
    if (source === null) return;
    const url = await runSource(home, ...source);
    const clients = await connectEach(url);
    const tools = await Promise.all(clients.map((client) => client.tools()));
    expect(tools).toEqual(SDKS.map(() => ['get_current_time', 'convert_time']));
    const { generation } = await kill(home, 'time');
    await home.untilWorkload('time', 'is back', (workload) => workload.lifecycle === 'running' && workload.generation > generation);
    for (const client of clients) expect(await client.text('get_current_time', { timezone: 'Europe/Berlin' })).toContain('Europe/Berlin');
    const wrong = await clients[0]?.call('get_current_time', { timezone: 'Nowhere/City' });
    expect(wrong?.isError).toBe(true);
    await closeAll(clients);
  });

  async function broughtByUvx(context: TestContext): Promise<[source: string, name: string, flags: string[]] | null> {
    const missing = await promisify(execFile)('uvx', ['--version']).then(
      () => null,
      (error: unknown) => (error instanceof Error ? error.message : 'uvx cannot be run'),
    );
    if (missing !== null) return context.skip(`needs uv: ${missing}`);
    return ['uvx://mcp-server-time', 'time', [`--env=UV_CACHE_DIR=${join(home.folder, 'uv-cache')}`]];
  }

  async function inAnImage(context: TestContext): Promise<[source: string, name: string, flags: string[]] | null> {
    if (home.engine === null) return null;
    pythonImageOrSkip(context);
    await ensureImages(home.engine, 'time');
    return [imageName('time'), 'time', []];
  }
});

// More of the same: of these there are no images.
describeRuntimes(
  'more real servers',
  (on) => {
    let home: Home;

    beforeAll(async () => {
      home = await homeOn(on);
    });

    afterAll(() => home?.end());

    it('server-filesystem keeps what it wrote', async () => {
      const folder = join(home.folder, 'files');
      mkdirSync(folder);
      writeFileSync(join(folder, 'a.txt'), 'hello');
      const files = await connect('new', await runSource(home, 'cmd://node', 'filesystem', [], [entry('filesystem'), folder]));
      await files.call('write_file', { path: join(folder, 'b.txt'), content: 'there' });
      await kill(home, 'filesystem');
      expect(await files.text('read_text_file', { path: join(folder, 'a.txt') })).toBe('hello');
      expect(await files.text('read_text_file', { path: join(folder, 'b.txt') })).toBe('there');
      await files.close();
    });

    it('server-sequential-thinking answers both clients while it is killed under them', async () => {
      const url = await runSource(home, 'cmd://node', 'thinking', [], [entry('sequential-thinking')]);
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
        if (number % 5 === 0) killed = kill(home, 'thinking');
        const texts = await Promise.all(clients.map((client) => client.text('sequentialthinking', { ...think(number) })));
        for (const text of texts) expect(text).toContain(`"thoughtNumber": ${number}`);
        await killed;
      }
      await closeAll(clients);
    });
  },
  ['process'],
);
