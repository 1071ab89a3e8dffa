import { readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { collect, makeKit, specOf, until } from './runtime-kit.ts';
import { bringUv, callerEnv, makeSourcesKit, type SourcesKit } from './sources-kit.ts';

const INITIALIZE = `${JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
})}\n`;

let tools: SourcesKit;
let uv: Awaited<ReturnType<typeof bringUv>>;
beforeAll(async () => {
  tools = await makeSourcesKit();
  uv = await bringUv(join(tools.folder, 'uv'));
}, 150_000);
afterAll(() => tools.close());

let kit: SourcesKit;
beforeEach(async () => {
  kit = await makeSourcesKit();
});
afterEach(() => kit.close());

function envWithUv(): Record<string, string> {
  const env = callerEnv();
  return { ...env, PATH: `${'path' in uv ? uv.path : ''}${delimiter}${env['PATH'] ?? ''}`, UV_CACHE_DIR: join(tools.folder, 'uv-cache') };
}

const left = (): Promise<string[]> => readdir(join(kit.dataDir, 'uvx')).catch(() => []);

describe('uvx://', () => {
  it('is installed once, runs without uv, and needs no network from then on', async (ctx) => {
    if ('missing' in uv) ctx.skip(uv.missing);
    const first = await kit.resolve('uvx://mcp-server-time', { caller: { cwd: kit.folder, env: envWithUv() } });
    expect(kit.steps).toEqual(['resolve', 'install']);
    const { launch } = first;
    const version = launch.package?.version ?? '';
    expect(version).toMatch(/^\d+\.\d+/);
    expect(await left()).toEqual([`mcp-server-time@${version}`]);
    expect(launch.file).toBe(join(launch.package?.folder ?? '', 'bin', 'python'));

    const offline = { ...callerEnv(), UV_DEFAULT_INDEX: 'http://127.0.0.1:9/', PATH: '/nowhere' };
    const second = await kit.resolve(`uvx://mcp-server-time@${version}`, { caller: { cwd: kit.folder, env: offline } });
    expect({ ...second.launch, env: {} }).toEqual({ ...launch, env: {} });
    expect(kit.steps).toEqual(['resolve', 'install']);

    const runtime = await makeKit();
    try {
      const seen = collect(await runtime.start(specOf({ ...second.launch, path: '/mcp' })));
      seen.write(INITIALIZE);
      await until('an answer to initialize', () => seen.text.includes('"serverInfo"'), 20_000);
      expect(seen.text).toContain('mcp-time');
    } finally {
      await runtime.close();
    }
  }, 120_000);

  it('says so of a version that is not there, and leaves nothing behind', async (ctx) => {
    if ('missing' in uv) ctx.skip(uv.missing);
    const caller = { cwd: kit.folder, env: envWithUv() };
    await expect(kit.resolve('uvx://mcp-server-time@1900.1', { caller })).rejects.toMatchObject({
      code: 'HF_PACKAGE_NOT_FOUND',
      message: expect.stringContaining('1900.1'),
    });
    expect(await left()).toEqual([]);
  });

  it('says so of an index that cannot be reached', async (ctx) => {
    if ('missing' in uv) ctx.skip(uv.missing);
    const env = { ...envWithUv(), UV_DEFAULT_INDEX: 'http://127.0.0.1:9/', UV_HTTP_RETRIES: '0', UV_NO_CACHE: '1' };
    await expect(kit.resolve('uvx://mcp-server-time', { caller: { cwd: kit.folder, env } })).rejects.toMatchObject({
      code: 'HF_PACKAGE_NOT_FOUND',
      fix: expect.stringContaining('package registry can be reached'),
      data: { offline: true },
    });
  });

  it('says how to get uv where it is missing', async () => {
    const env = { ...callerEnv(), PATH: '/nowhere' };
    await expect(kit.resolve('uvx://x', { caller: { cwd: kit.folder, env } })).rejects.toMatchObject({
      code: 'HF_COMMAND_NOT_FOUND',
      message: 'uvx://x needs uv, which is not in PATH',
      fix: expect.stringContaining('pip install uv'),
    });
  });
});
