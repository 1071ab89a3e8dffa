import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Workload } from '../../../../src/api/contract/workload.ts';
import {
  ENGINE_KINDS,
  type EngineAddress,
  engineFor,
  engineOrSkip,
  type PrivateEngine,
  startEngine,
} from '../../../support/engine/engines.ts';
import { startFaultProxy } from '../../../support/engine/fault-proxy.ts';
import { ensureImages, imageName } from '../../../support/engine/images.ts';
import { Outside } from '../../../support/engine/outside.ts';
import { createHome, type Home } from '../../../support/home.ts';
import { builtProgram } from '../../../support/program.ts';
import { RawSession } from '../../../support/raw-client.ts';
import { ContainedServer, containersOf, findsEngine } from './contained-server.ts';
import { endHome } from './own-engine.ts';

describe.each(ENGINE_KINDS)('on %s', (kind) => {
  let own: PrivateEngine | undefined;
  let other: EngineAddress | undefined;
  let home: Home | undefined;
  let folder = '';
  /** Where command lines find an engine: which one that is depends on where it points. */
  let context = '';

  beforeEach(async (ctx) => {
    engineOrSkip(ctx, kind);
    folder ||= mkdtempSync(join(tmpdir(), 'holdfast-contexts-'));
    context = join(folder, 'context.sock');
    own ??= await startEngine(kind);
    other ??= await engineFor(kind);
    home ??= await createHome(findsEngine({ socket: context }));
  });
  afterAll(async () => {
    try {
      if (own && home) await endHome(own, home);
    } finally {
      await own?.end();
      if (folder !== '') rmSync(folder, { recursive: true, force: true });
    }
  });

  it('S42 another context is active: the workload stays with its engine, and when that is away it is shown so', {
    timeout: 120_000,
  }, async () => {
    if (!own || !other || !home) throw new Error('they are made before each test');
    symlinkSync(own.socket, context);
    const server = await ContainedServer.run(home, own, 'bound');
    const session = await RawSession.open(server.url);
    const { Id } = await server.container();
    await ensureImages(other, 'node');
    const outside = new Outside(other);
    // Somebody has one of that name there.
    const stranger = await outside.stranger('bound', imageName('node'), { body: { Cmd: ['-e', 'setInterval(() => {}, 1e6)'] } });
    rmSync(context);
    symlinkSync(other.socket, context);
    try {
      await home.ok('restart', server.name);
      expect((await server.container()).Id).toBe(Id);

      // Now another engine answers at its own engine's very address.
      await own.stop();
      const impostor = await startFaultProxy(other);
      symlinkSync(impostor.socket, own.socket);
      try {
        const isAway = ({ status, reason }: Workload): boolean => status === 'unknown' && /another engine/.test(reason?.message ?? '');
        expect(await server.until('is out of reach', isAway)).toMatchObject({ desired: 'running', runtime: kind });
        const restarted = await home.run('restart', server.name);
        expect([restarted.code, restarted.stderr]).toEqual([3, expect.stringContaining('another engine')]);
        await home.killDaemon();
        await home.ok('ls');
        await server.until('is out of reach', isAway);
      } finally {
        rmSync(own.socket);
        await impostor.end();
        await own.start();
      }
      expect(await containersOf(other, home)).toEqual([]);
      expect(await outside.inspect('bound')).toMatchObject({ Id: stranger, State: { Running: true } });
    } finally {
      await outside.remove(stranger);
    }
    await server.until('runs', ({ lifecycle, status }) => lifecycle === 'running' && status === 'running', 30_000);
    expect((await server.container()).Id).toBe(Id);
    expect((await session.call('safe', { tag: 'x' })).json?.result).toBeDefined();
  });
});

it('S42 another runtime is active than the one that the workload was made on: it stays where it is', { timeout: 120_000 }, async (ctx) => {
  for (const kind of ENGINE_KINDS) engineOrSkip(ctx, kind);
  const docker = await engineFor('docker');
  const podman = await engineFor('podman');
  const home = await createHome(findsEngine(docker));
  try {
    const server = await ContainedServer.run(home, docker, 'stays', { kind: 'http' });
    const { Id } = await server.container();
    // The same home, used from a shell that has Podman as its engine, and served by a daemon that was started there.
    await home.killDaemon();
    for (const command of ['restart', 'stop', 'start']) await fromShell(home, podman, command, server.name);
    expect(await server.listed()).toMatchObject({
      runtime: 'docker',
      lifecycle: 'running',
      container: { id: Id, engine: `unix://${docker.socket}` },
    });
    expect((await server.container()).State.Running).toBe(true);
    expect(await containersOf(podman, home)).toEqual([]);
  } finally {
    await endHome(docker, home);
  }
});

/** A command in a shell that finds that engine. */
async function fromShell(home: Home, engine: EngineAddress, ...args: string[]): Promise<void> {
  const env = { PATH: process.env['PATH'], HOLDFAST_HOME: home.folder, HOLDFAST_GATEWAY_PORT: '0', ...findsEngine(engine) };
  await promisify(execFile)(process.execPath, [await builtProgram(), ...args], { env, cwd: home.folder, timeout: 60_000 });
}
