import { mkdir, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { collect, makeKit, specOf, until } from './runtime-kit.ts';
import { callerEnv, makeSourcesKit, npmMissing, type SourcesKit } from './sources-kit.ts';

const VERSION = '2026.8.31';
const PACKAGE = '@modelcontextprotocol/server-memory';
const INITIALIZE = `${JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
})}\n`;

let missing: string | null = null;
beforeAll(async () => {
  missing = await npmMissing();
});
let kit: SourcesKit;
beforeEach(async () => {
  kit = await makeSourcesKit();
});
afterEach(() => kit.close());

const closedRegistry = (): Record<string, string> => ({
  ...callerEnv(),
  npm_config_registry: 'http://127.0.0.1:9/',
  npm_config_fetch_retries: '0',
});
const left = (): Promise<string[]> => readdir(join(kit.dataDir, 'npx')).catch(() => []);

describe('npx://', () => {
  it('is installed once, runs without npm, and needs no network from then on', async (ctx) => {
    if (missing !== null) ctx.skip(missing);
    const first = await kit.resolve(`npx://${PACKAGE}@${VERSION}`, { args: ['--flag'] });
    expect(kit.steps).toEqual(['install']);
    const { launch } = first;
    expect(launch.package).toMatchObject({ manager: 'npx', name: PACKAGE, version: VERSION, integrity: expect.stringMatching(/^sha512-/) });
    expect(launch.args[0]).toMatch(/server-memory\/dist\/index\.js$/);
    expect(launch.args[1]).toBe('--flag');
    expect(await left()).toEqual([`@modelcontextprotocol+server-memory@${VERSION}`]);

    // Neither a registry nor npm: only node is in this PATH.
    await mkdir(join(kit.folder, 'bin'));
    await symlink(launch.file, join(kit.folder, 'bin', 'node'));
    const offline = { ...closedRegistry(), PATH: join(kit.folder, 'bin') };
    const second = await kit.resolve(`npx://${PACKAGE}@${VERSION}`, { args: ['--flag'], caller: { cwd: kit.folder, env: offline } });
    expect({ ...second.launch, env: {} }).toEqual({ ...launch, env: {} });
    expect(kit.steps).toEqual(['install']);

    const runtime = await makeKit();
    try {
      const seen = collect(await runtime.start(specOf({ ...second.launch, path: '/mcp' })));
      seen.write(INITIALIZE);
      await until('an answer to initialize', () => seen.text.includes('"serverInfo"'));
      expect(seen.text).toContain('memory-server');
    } finally {
      await runtime.close();
    }
  });

  it('finds the newest version, and reuses it when it is there', async (ctx) => {
    if (missing !== null) ctx.skip(missing);
    const [one, two] = await Promise.all([kit.resolve('npx://is-docker'), kit.resolve('npx://is-docker')]);
    expect(one.launch).toEqual(two.launch);
    expect(kit.steps).toEqual(['resolve', 'install']);
    await kit.resolve('npx://is-docker@latest');
    expect(kit.steps).toEqual(['resolve', 'install', 'resolve']);
    expect(await left()).toHaveLength(1);
    const error = await kit
      .resolve('npx://is-docker', { caller: { cwd: kit.folder, env: closedRegistry() } })
      .then(String, (thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'HF_PACKAGE_NOT_FOUND',
      fix: expect.stringContaining(`Installed here already: ${one.launch.package?.version ?? ''}`),
    });
  });

  it('keeps what workloads use and prunes the rest', async (ctx) => {
    if (missing !== null) ctx.skip(missing);
    const used = await kit.resolve('npx://is-docker@3.0.0');
    await kit.resolve('npx://is-docker@2.2.1');
    await kit.sources.prune(new Set([used.launch.package?.folder ?? '']));
    expect(await left()).toEqual(['is-docker@3.0.0']);
  });

  it.for([
    ['a package that is not there', 'npx://@modelcontextprotocol/no-such-server-here@1.0.0', /no such package/i] as const,
    ['a version that is not there', 'npx://is-docker@99.0.0', /No matching version/] as const,
    ['a package without a program', 'npx://is-number@7.0.0', /no program to run/] as const,
  ])('says so of %s', async ([, source, why], ctx) => {
    if (missing !== null) ctx.skip(missing);
    await expect(kit.resolve(source)).rejects.toMatchObject({ code: 'HF_PACKAGE_NOT_FOUND', message: expect.stringMatching(why) });
    expect(await left()).toEqual([]);
  });

  it('leaves nothing behind when it is called off', async (ctx) => {
    if (missing !== null) ctx.skip(missing);
    const abort = new AbortController();
    const resolving = kit.resolve(`npx://${PACKAGE}@${VERSION}`, {}, abort.signal);
    await until('the install', async () => (await left()).length > 0);
    abort.abort();
    await expect(resolving).rejects.toMatchObject({ code: 'HF_CANCELLED' });
    expect(await left()).toEqual([]);
  });

  it('says how to get npm where it is missing', async () => {
    const node = await kit.resolve('cmd://node');
    const env = { ...callerEnv(), PATH: '/nowhere' };
    await expect(kit.resolve('npx://x', { caller: { cwd: kit.folder, env } })).rejects.toMatchObject({
      code: 'HF_COMMAND_NOT_FOUND',
      message: 'npx://x needs node, which is not in PATH',
      fix: expect.stringContaining('nodejs.org'),
    });
    expect(node.launch.file).toMatch(/node$/);
  });
});
