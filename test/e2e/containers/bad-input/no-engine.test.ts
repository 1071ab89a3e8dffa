import { execFile } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createHome, type Home, type Said } from '../../../support/home.ts';
import { builtProgram } from '../../../support/program.ts';

/** A user without rights, of any Linux. */
const NOBODY = 65_534;

const closing: (() => Promise<void> | void)[] = [];
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-no-engine-'));
  chmodSync(folder, 0o755);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** What looks like an engine at a socket, or not. */
async function serve(name: string, answer: RequestListener): Promise<string> {
  const path = join(folder, name);
  const server: Server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  });
  return `unix://${path}`;
}

async function homeWith(env: Readonly<Record<string, string>>): Promise<Home> {
  const home = await createHome(env);
  closing.push(() => home.end());
  return home;
}

/** Demands exit code 3, words that say what was tried and what to do, and that nothing is left. */
function expectNone(home: Pick<Home, 'folder'>, said: Said, says: RegExp): void {
  expect(said).toMatchObject({ code: 3, stdout: '' });
  expect(said.stderr).toContain('code: HF_RUNTIME_UNAVAILABLE');
  expect(said.stderr).toMatch(/error: "some\/server:1" is an image, and no \w+ engine answers\n {2}why: tried\n/);
  expect(said.stderr).toMatch(says);
  expect(said.stderr).toMatch(/fix: .*cmd:\/\//);
  const kept = join(home.folder, 'state', 'workloads');
  expect(existsSync(kept) ? readdirSync(kept) : []).toEqual([]);
}

describe('an image without an engine ends with exit code 3 and tells what was tried:', () => {
  it('nothing at the socket that was named, which no other engine stands in for', async () => {
    const home = await homeWith({ DOCKER_HOST: `unix://${folder}/nowhere.sock` });
    const said = await home.run('run', 'some/server:1', '--name', 'bad');
    expectNone(home, said, /DOCKER_HOST \(unix:\S+nowhere\.sock\): connect ENOENT.*systemctl start docker/);
    expect(said.stderr).not.toContain('usual socket');
    const checked = await home.run('runtime', 'check');
    expect(checked.code).toBe(3);
    expect(checked.stdout).toMatch(/DOCKER_HOST .*nowhere\.sock/);
  });

  it('an engine that is too old', async () => {
    const version = { Version: '17.06.0-ce', ApiVersion: '1.30', MinAPIVersion: '1.12', Os: 'linux', Arch: 'amd64' };
    const old = await serve('old.sock', (_request, response) => void response.end(JSON.stringify(version)));
    const home = await homeWith({ DOCKER_HOST: old });
    expectNone(
      home,
      await home.run('run', 'some/server:1', '--name', 'bad'),
      /17\.06\.0-ce with API 1\.30.*too old.*1\.40.*Update the engine/,
    );
  });

  it('something that is no engine, and an address that leads nowhere', async () => {
    const web = await serve('web.sock', (_request, response) => void response.end('<html>hello</html>'));
    const home = await homeWith({ DOCKER_HOST: web });
    expectNone(home, await home.run('run', 'some/server:1', '--name', 'bad'), /DOCKER_HOST \(unix:\S+web\.sock\): \S/);
    const far = await homeWith({ DOCKER_HOST: 'ssh://somebody@somewhere' });
    expectNone(far, await far.run('run', 'some/server:1', '--name', 'bad'), /ssh:\/\/ is not supported.*ssh -nNT -L/);
  });

  it('an engine that takes connections and never answers', async () => {
    const home = await homeWith({ DOCKER_HOST: await serve('silent.sock', () => undefined) });
    expectNone(home, await home.run('run', 'some/server:1', '--name', 'bad'), /silent\.sock\): no answer within/);
  });

  it('a socket that this user may not open, with the way to get leave', async (ctx) => {
    if (process.platform !== 'linux') return ctx.skip('needs linux: users are other ones elsewhere');
    const isRoot = process.getuid?.() === 0;
    const address = await serve('closed.sock', (_request, response) => void response.end('{}'));
    chmodSync(address.slice('unix://'.length), isRoot ? 0o660 : 0);
    const user = await unprivileged(isRoot ? NOBODY : null, { DOCKER_HOST: address });
    const said = await user.run('run', 'some/server:1', '--name', 'bad');
    expectNone(user, said, /closed\.sock\): .*EACCES.*usermod -aG docker \$USER/);
  });
});

/** A home of another user, with a copy of the program, since the checkout may be closed to others. */
async function unprivileged(uid: number | null, env: Readonly<Record<string, string>>): Promise<Pick<Home, 'folder' | 'run'>> {
  const own = join(folder, 'of-nobody');
  const program = join(own, 'program');
  mkdirSync(own);
  cpSync(dirname(await builtProgram()), program, { recursive: true, filter: (path) => !path.endsWith('.map') });
  const home = join(own, 'home');
  mkdirSync(home);
  if (uid !== null) chownSync(home, uid, uid);
  const options = {
    ...(uid === null ? {} : { uid, gid: uid }),
    cwd: home,
    env: { PATH: process.env['PATH'] ?? '', HOME: home, NO_COLOR: '1', HOLDFAST_HOME: home, HOLDFAST_GATEWAY_PORT: '0', ...env },
  };
  const run = (...args: string[]): Promise<Said> =>
    new Promise((resolve) => {
      execFile(process.execPath, [join(program, 'holdfast.js'), ...args], options, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
      );
    });
  closing.push(async () => {
    await run('daemon', 'stop');
    rmSync(own, { recursive: true });
  });
  return { folder: home, run };
}
