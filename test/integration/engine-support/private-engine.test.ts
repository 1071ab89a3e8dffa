import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { engineCall } from '../../support/engine/api.ts';
import { ENGINE_KINDS, type EngineKind, engineFor, engineOrSkip, type PrivateEngine, startEngine } from '../../support/engine/engines.ts';
import { ensureImages, imageName } from '../../support/engine/images.ts';
import { Outside } from '../../support/engine/outside.ts';
import { isAlive, processesWith } from '../../support/processes.ts';
import { until } from '../../support/until.ts';
import { bundleProgram } from '../platform/bundled-program.ts';

async function start(kind: EngineKind): Promise<PrivateEngine> {
  const engine = await startEngine(kind);
  onTestFinished(() => engine.end());
  return engine;
}

/** A server that answers at a published port of that engine; its marker is found in the environment of its process. */
async function live(engine: PrivateEngine, marker: string): Promise<string> {
  await ensureImages(engine, 'fixture');
  const body = {
    Cmd: ['life'],
    Env: [`MARKER=${marker}`, 'MCP_TRANSPORT=streamable-http'],
    ExposedPorts: { '8080/tcp': {} },
    HostConfig: { Init: true, PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] } },
  };
  const outside = new Outside(engine);
  const id = await outside.stranger('lives', imageName('fixture'), { body });
  const port = (await outside.inspect(id))?.NetworkSettings.Ports['8080/tcp']?.[0]?.HostPort ?? 'none';
  const isAnswered = async (): Promise<boolean> =>
    (await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(1_000) })).status === 405;
  // Refused until the server listens.
  await until('the published port answers', () => isAnswered().catch(() => false));
  return id;
}

describe.each(ENGINE_KINDS)('a private %s', (kind) => {
  it('leaves nothing behind, neither of what it did nor of its containers', { timeout: 60_000 }, async (ctx) => {
    engineOrSkip(ctx, kind);
    const engine = await start(kind);
    const outside = new Outside(engine);
    await live(engine, engine.folder);
    const network = await engineCall(engine, { method: 'POST', path: '/networks/create', body: { Name: 'mine' } });
    expect(network.status).toBe(201);
    const other = await outside.stranger('other', imageName('fixture'), { body: { Cmd: ['life'], HostConfig: { NetworkMode: 'mine' } } });
    expect((await outside.inspect(other))?.State.Running).toBe(true);
    expect(processesWith(`MARKER=${engine.folder}`).length).toBeGreaterThan(0);

    await engine.kill();
    expect(processesWith(`MARKER=${engine.folder}`).length).toBeGreaterThan(0);
    await engine.end();
    expect(processesWith(`MARKER=${engine.folder}`)).toEqual([]);
    expect(existsSync(engine.folder)).toBe(false);
    const rules = String(execFileSync('iptables-save'));
    const links = String(execFileSync('ip', ['address']));
    const address = /10\.\d+\.\d+\./.exec(engine.subnet)?.[0] ?? 'none';
    expect([rules.includes(address), links.includes(address)]).toEqual([false, false]);
    expect(String(execFileSync('mount'))).not.toContain(engine.folder);
  });

  it('keeps its containers when it is stopped and started, as engines of its kind do', { timeout: 60_000 }, async (ctx) => {
    engineOrSkip(ctx, kind);
    const engine = await start(kind);
    const outside = new Outside(engine);
    const id = await live(engine, engine.folder);
    const before = await outside.inspect(id);
    await engine.restart();
    const after = await outside.inspect(id);
    // dockerd stops its containers; Podman's do not depend on its service.
    expect(after?.State.Running).toBe(kind === 'podman');
    if (kind === 'docker') await outside.start(id);
    await engine.powerOff();
    expect(processesWith(`MARKER=${engine.folder}`)).toEqual([]);
    expect(engine.pid).toBeNull();
    await engine.start();
    const booted = await outside.inspect(id);
    expect(booted).toMatchObject({ Id: before?.Id, State: { Running: false } });
    await outside.start(id);
    expect((await outside.inspect(id))?.State.Running).toBe(true);
  });

  it('takes connections and does not answer while it is paused, and answers again', async (ctx) => {
    engineOrSkip(ctx, kind);
    const engine = await start(kind);
    await engine.pause();
    await expect(engineCall(engine, { path: '/_ping', boundMs: 300 })).rejects.toThrow('was not answered');
    engine.resume();
    expect((await engineCall(engine, { path: '/_ping' })).status).toBe(200);
    await engine.pause();
    await engine.kill();
    expect(engine.pid).toBeNull();
    await engine.start();
    expect((await engineCall(engine, { path: '/_ping' })).status).toBe(200);
  });

  it('is shared by the files of a worker', async (ctx) => {
    engineOrSkip(ctx, kind);
    const engine = await engineFor(kind);
    expect(await engineFor(kind)).toEqual(engine);
    expect((await engineCall(engine, { path: '/_ping' })).status).toBe(200);
  });

  it('lives beside others of its kind: each has addresses and an identity of its own', { timeout: 60_000 }, async (ctx) => {
    engineOrSkip(ctx, kind);
    const engines = await Promise.all([start(kind), start(kind)]);
    await Promise.all(engines.map((engine) => live(engine, `${engine.folder}/`)));
    expect(new Set(engines.map((engine) => engine.subnet)).size).toBe(2);
  });
});

it('an engine ends with the process that started it, and what it left is removed by the next one', async (ctx) => {
  engineOrSkip(ctx, 'docker');
  const program = await bundleProgram(new URL('engine-owner.ts', import.meta.url));
  onTestFinished(() => program.remove());
  const owner = spawn(process.execPath, [program.file], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void owner.kill('SIGKILL'));
  const { folder, pid } = await new Promise<{ folder: string; pid: number }>((resolve) =>
    owner.stdout.once('data', (line: Buffer) => resolve(JSON.parse(line.toString('utf8')) as { folder: string; pid: number })),
  );
  expect(isAlive(pid)).toBe(true);
  owner.kill('SIGKILL');
  await until('the engine is gone', () => !isAlive(pid));
  await start('podman');
  expect(existsSync(join(folder, 'data'))).toBe(false);
});
