import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { version } from '../../../src/api/contract/version.ts';
import { commandLine } from './command-line.ts';

const NO_WORKLOADS = JSON.stringify({ workloads: [], gateway: { url: null, port: null, problem: null } });

let home = '';
let server: Server;

/** Something that answers at the control socket with these versions. */
async function serve(daemonVersion: string, api: string, body: string): Promise<void> {
  server = createServer((_request, response) => {
    response.writeHead(200, { 'holdfast-version': daemonVersion, 'holdfast-api': api }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(join(home, 'state', 'control.sock'), resolve));
}

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'hf-skew-'));
  await mkdir(join(home, 'state'), { mode: 0o700 });
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  await rm(home, { recursive: true });
});

describe('a daemon of another version', () => {
  it('is used, with a note, where the APIs are the same', async () => {
    await serve('9.9.9', '1', NO_WORKLOADS);
    const { exit, out, err } = await commandLine({ home }, 'ls', '-q');
    expect([exit, out, err]).toEqual([0, '', '']);
    const noted = await commandLine({ home }, 'ls');
    expect(noted.err).toContain(`the daemon is of version 9.9.9, this command line of ${version}`);
    expect(noted.err).toContain('holdfast daemon restart');
  });

  it('is refused where they differ, and says what ends it', async () => {
    await serve('9.9.9', '2', NO_WORKLOADS);
    const { exit, err } = await commandLine({ home }, 'ls');
    expect(exit).toBe(1);
    expect(err).toContain('HF_VERSION_SKEW');
    expect(err).toContain('holdfast daemon restart');
    expect(JSON.parse((await commandLine({ home }, 'version', '--format', 'json')).out)).toMatchObject({ version });
  });

  it('that is no Holdfast is not believed', async () => {
    await serve('', '', 'hello');
    const { exit, err } = await commandLine({ home }, 'ls');
    expect(exit).toBe(1);
    expect(err).toMatch(/HF_VERSION_SKEW|HF_DAEMON_UNREACHABLE/);
  });
});
