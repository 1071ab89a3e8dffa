import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { engineCall, engineJson } from '../../support/engine/api.ts';
import { containerProcesses, killServerIn } from '../../support/engine/container-processes.ts';
import { ENGINE_KINDS, type EngineAddress, engineFor, engineOrSkip } from '../../support/engine/engines.ts';
import { pythonImageOrSkip } from '../../support/engine/images/python-image.ts';
import { ensureImages, imageName, type TestImage } from '../../support/engine/images.ts';
import { Outside } from '../../support/engine/outside.ts';
import { until } from '../../support/until.ts';

describe.each(ENGINE_KINDS)('images of the tests on %s', (kind) => {
  let engine: EngineAddress;
  let outside: Outside;

  beforeEach(async (ctx) => {
    engineOrSkip(ctx, kind);
    engine = await engineFor(kind);
    outside = new Outside(engine);
  });
  afterEach(async () => {
    for (const { Id } of (await outside?.list('holdfast-test.stranger')) ?? []) await outside.remove(Id);
  });

  /** A container of an image. @returns its id */
  async function run(image: TestImage, body: object = {}): Promise<string> {
    await ensureImages(engine, image);
    return outside.stranger(`images-${image}`, imageName(image), { body: { ...body, HostConfig: { Init: true, Memory: 100_000_000 } } });
  }

  async function ending(id: string): Promise<number> {
    await until('it has ended', async () => (await outside.inspect(id))?.State.Running === false);
    return (await outside.inspect(id))?.State.ExitCode ?? -1;
  }

  it.each([
    ['fixture', 'boots'],
    ['everything', 'Starting default (STDIO) server'],
    ['memory', 'Knowledge Graph MCP Server running on stdio'],
  ] as const)('%s serves', async (image, words) => {
    const id = await run(image);
    await until(`it says "${words}"`, async () => (await outside.logs(id)).includes(words));
    expect((await outside.inspect(id))?.State.Running).toBe(true);
  });

  it('time serves, written in Python', { timeout: 180_000 }, async (ctx) => {
    pythonImageOrSkip(ctx);
    const words = {
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'a', version: '1' } },
    };
    const script = `(echo '${JSON.stringify(words)}'; sleep 100) | python3 -m mcp_server_time`;
    const id = await run('time', { Entrypoint: ['/bin/sh', '-c', script] });
    await until('it answers', async () => (await outside.logs(id)).includes('"serverInfo":{"name":"mcp-time"'));
    expect((await outside.inspect(id))?.State.Running).toBe(true);
  });

  it('exiting ends with the code that it is given', async () => {
    expect(await ending(await run('exiting', { Env: ['EXIT_CODE=7'] }))).toBe(7);
  });

  it('greedy is killed for its memory', async () => {
    expect(await ending(await run('greedy'))).toBe(137);
  });

  it('stubborn ends by SIGKILL only', async () => {
    const id = await run('stubborn');
    await until('it lives', async () => (await outside.logs(id)).includes('lives'));
    await outside.kill(id, 'SIGTERM');
    await until('it ignores SIGTERM', async () => (await outside.logs(id)).includes('SIGTERM is ignored'));
    expect(containerProcesses(id).map(({ innerPid }) => innerPid)[0]).toBe(1);
    killServerIn(id);
    expect(await ending(id)).toBe(137);
  });

  it.each(['foreign', 'mislabelled', 'hollow'] as const)('%s cannot be executed', async (image) => {
    const id = await run(image);
    expect(await ending(id)).not.toBe(0);
    expect(await outside.logs(id)).toMatch(image === 'hollow' ? /No such file/ : /Exec format error/);
  });

  it('are sent once', async () => {
    await ensureImages(engine, 'node', 'fixture');
    const { Id } = await engineJson<{ Id: string }>(engine, { path: `/images/${imageName('node')}/json` });
    await ensureImages(engine, 'node');
    expect((await engineCall(engine, { path: `/images/${Id}/json` })).status).toBe(200);
  });
});
