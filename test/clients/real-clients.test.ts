import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Fixture, RESTART_AT_ONCE } from '../support/fixture.ts';
import { createHome } from '../support/home.ts';
import { type Installed, installClients } from './installed.ts';
import { type Loopback, openLoopback } from './loopback.ts';
import { InstalledClient, REAL_CLIENTS } from './real-client.ts';

const nodeMajor = Number(process.versions.node.split('.')[0]);
let installed: Installed;
let network: Loopback | { readonly missing: string };

beforeAll(async () => {
  network = await openLoopback();
  installed = await installClients();
}, 300_000);

afterAll(() => {
  if ('close' in network) network.close();
});

describe('a real client', () => {
  it.concurrent.for(REAL_CLIENTS)(
    '$id lists a workload as connected while it is there, whatever is killed',
    { timeout: 180_000 },
    async (client, ctx) => {
      if ('missing' in installed) return ctx.skip(installed.missing);
      if ('missing' in network) return ctx.skip(network.missing);
      if (client.node !== null && nodeMajor < client.node) ctx.skip(`needs node${client.node}: this is Node ${process.versions.node}`);
      const user = await mkdtemp(join(tmpdir(), 'holdfast-user-'));
      const home = await createHome({ HOME: user }, null, network.enter);
      try {
        const real = new InstalledClient(client, installed.programs, user, network.enter);
        expect(await real.standing('files')).toBe('absent');
        // What the client makes of its file by itself is not Holdfast's doing.
        expect(real.text()).toBe(client.text);
        await home.ok('client', 'register', client.id);
        const server = await Fixture.run(home, 'files', { flags: RESTART_AT_ONCE });
        expect(await real.standing('files')).toBe('connected');

        await server.kill();
        expect(await real.standing('files')).toBe('connected');
        await home.killDaemon();
        // The next command starts it again.
        await home.ok('ls');
        expect(await real.standing('files')).toBe('connected');

        await server.remove();
        expect(await real.standing('files')).toBe('absent');
        expect(real.text()).toBe(client.text);
      } finally {
        await home.end();
        await rm(user, { recursive: true, force: true });
      }
    },
  );
});
