import { existsSync, readdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ListResult } from '../../../../src/api/contract/results.ts';
import { ensureImages, imageName } from '../../../support/engine/images.ts';
import { describeEngines, type Scene } from '../outside/scene.ts';

const FIXTURE = imageName('fixture');

/** A registry of this machine that has nothing: what is below `closed/` it does not even tell strangers. */
let registry: Server;
let port = 0;

beforeAll(async () => {
  registry = createServer((request, response) => {
    const says = (status: number, code: string): void =>
      void response.writeHead(status).end(JSON.stringify({ errors: [{ code, message: code }] }));
    if (request.url === '/v2/') return void response.writeHead(200).end('{}');
    if (request.url?.startsWith('/v2/closed/')) {
      response.setHeader('www-authenticate', 'Basic realm="closed"');
      return says(401, 'UNAUTHORIZED');
    }
    says(404, 'MANIFEST_UNKNOWN');
  });
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
  port = (registry.address() as AddressInfo).port;
});
afterAll(() => new Promise((resolve) => registry.close(resolve)));

/** All that an engine has, by name. */
async function objectsOf({ outside }: Scene): Promise<string[]> {
  const containers = (await outside.list()).map(({ Id, State }) => `container ${Id} ${State}`);
  const networks = (await outside.networks()).map(({ Name }) => `network ${Name}`);
  const volumes = (await outside.volumes()).map(({ Name }) => `volume ${Name}`);
  return [...containers, ...networks, ...volumes].toSorted();
}

/** Demands that a `run` is refused in words that say what is wrong and what to do, and that nothing of it is left. */
async function expectRefused(scene: Scene, words: readonly string[], code: string, exit: number, says: RegExp): Promise<void> {
  const { home } = scene;
  const before = await objectsOf(scene);
  const said = await home.run('run', ...(words.includes('--name') ? [] : ['--name', 'bad']), ...words);
  expect(said).toMatchObject({ code: exit, stdout: '' });
  expect(said.stderr).toContain(`code: ${code}`);
  expect(said.stderr).toMatch(says);
  expect(said.stderr).toMatch(/fix: \S/);
  expect(await objectsOf(scene)).toEqual(before);
  const { workloads } = await scene.api().json<ListResult>({ method: 'GET', path: '/v1/workloads', query: { all: 'true' } });
  expect(workloads).toEqual([]);
  const kept = join(home.folder, 'state', 'workloads');
  expect(existsSync(kept) ? readdirSync(kept) : []).toEqual([]);
}

describeEngines('a run is refused, and nothing is left of it,', (scene, kind) => {
  const other = kind === 'docker' ? 'podman' : 'docker';

  describe('for', () => {
    it.each([
      [
        'an image that is nowhere',
        ['nowhere/to-be-found:1'],
        'HF_IMAGE_NOT_FOUND',
        1,
        /nowhere\/to-be-found:1 be pulled[^]*(docker|podman) login/,
      ],
      ['what is no name of an image', ['Not An Image!'], 'HF_BAD_SPEC', 2, /no name of an image/],
      [
        'a mount without a source',
        [FIXTURE, '-v', '/no/such/place:/data'],
        'HF_BAD_SPEC',
        2,
        /\/no\/such\/place[^]*no such file or folder/,
      ],
      ['a mount that the engine refuses', [FIXTURE, '-v', '/tmp:/proc'], 'HF_CONTAINER_REFUSED', 1, /why: .*error mounting.*\/proc/],
      ['a new volume that the engine does not mount', [FIXTURE, '-v', 'bad-volume:/proc/x'], 'HF_CONTAINER_REFUSED', 1, /why: .*\/proc/],
      ['a mount that is none', [FIXTURE, '-v', '/tmp:/data:often'], 'HF_USAGE', 2, /neither ro nor rw/],
      ['a limit that is no size', [FIXTURE, '--memory', 'lots'], 'HF_USAGE', 2, /"lots" is not a size/],
      ['a limit that is too small', [FIXTURE, '--memory', '1k'], 'HF_BAD_SPEC', 2, /1024 bytes is too little/],
      ['cores that are no number', [FIXTURE, '--cpus', 'two'], 'HF_USAGE', 2, /"two" is not a number of cores/],
      ['a network that is not there', [FIXTURE, '--network', 'nowhere'], 'HF_BAD_SPEC', 2, /no network "nowhere"[^]*it has /],
      ['HTTP without a network', [FIXTURE, '--network', 'none', '--transport', 'streamable-http'], 'HF_BAD_SPEC', 2, /--network none/],
      [
        'a user that the image does not have',
        [FIXTURE, '--user', 'nobody-here'],
        'HF_CONTAINER_REFUSED',
        1,
        /unable to find user nobody-here/,
      ],
      ['a working directory that is not absolute', [FIXTURE, '--workdir', 'here'], 'HF_USAGE', 2, /absolute path/],
      ['an image as a process', [FIXTURE, '--runtime', 'process'], 'HF_UNSUPPORTED', 2, /is an image[^]*cmd:\/\//],
      ['a program in a container', ['cmd://node', '--runtime', kind], 'HF_UNSUPPORTED', 2, /has to be an image/],
      ['a package in a container', ['npx://no-such', '--runtime', kind], 'HF_UNSUPPORTED', 2, /has to be an image/],
    ] as const)('%s', (_what, words, code, exit, says) => expectRefused(scene(), words, code, exit, says));
  });

  it('for an image that the registry does not have, and for one that it shows to nobody', async () => {
    const at = `127.0.0.1:${port}`;
    await expectRefused(scene(), [`${at}/open/server:1`], 'HF_IMAGE_NOT_FOUND', 1, /why: .*manifest.*unknown/i);
    await expectRefused(scene(), [`${at}/closed/server:1`], 'HF_IMAGE_NOT_FOUND', 1, new RegExp(`nauthorized[^]*${kind} login ${at}`, 'i'));
  });

  it('for an image for another architecture, whether it says so or not', async () => {
    const [foreign = '', mislabelled = ''] = await ensureImages(scene().engine, 'foreign', 'mislabelled');
    await expectRefused(scene(), [foreign], 'HF_CONTAINER_REFUSED', 1, /is for linux\/\w+[^]*machine is linux\/\w+/);
    await expectRefused(scene(), [mislabelled], 'HF_START_FAILED', 1, /exec format error/i);
  });

  it('for an entry point that is not there', async () => {
    const [hollow = ''] = await ensureImages(scene().engine, 'hollow');
    await expectRefused(scene(), [hollow], 'HF_START_FAILED', 1, /no such file or directory/i);
    await expectRefused(scene(), [hollow, '--transport', 'streamable-http'], 'HF_START_FAILED', 1, /no such file or directory/i);
  });

  it('for a server that ends at once, one that takes too much memory, and one that is never ready', async () => {
    const [exiting = '', greedy = '', stubborn = ''] = await ensureImages(scene().engine, 'exiting', 'greedy', 'stubborn');
    await expectRefused(scene(), [exiting, '-e', 'EXIT_CODE=3'], 'HF_START_FAILED', 1, /exit 3[^]*ends with 3/);
    await expectRefused(scene(), [greedy, '--memory', '96m'], 'HF_START_FAILED', 1, /out of memory \(limit 96 MiB\)/);
    const impatient = ['--timeout', '500ms', '--stop-timeout', '200ms', '-v', 'bad-volume:/data'];
    await expectRefused(scene(), [stubborn, ...impatient], 'HF_NOT_READY', 1, /not ready after 0\.5 s/);
  });

  it('for a port that is taken', async () => {
    await expectRefused(
      scene(),
      [FIXTURE, '-p', `127.0.0.1:${port}:9000`],
      'HF_PORT_TAKEN',
      1,
      new RegExp(`${port}.*address already in use`),
    );
  });

  it('for a name that a container of somebody else has, which is not touched', async () => {
    const { outside, engine } = scene();
    const [image = ''] = await ensureImages(engine, 'stubborn');
    for (const start of [true, false]) {
      const stranger = await outside.stranger('bad-taken', image, { start });
      const before = await outside.inspect(stranger);
      await expectRefused(scene(), [FIXTURE, '--name', 'bad-taken'], 'HF_NAME_TAKEN', 1, new RegExp(`${stranger.slice(0, 12)}[^]*--name`));
      expect((await outside.inspect(stranger))?.State).toEqual(before?.State);
      await outside.remove(stranger);
    }
  });

  it('for an engine of the other kind, and tells what was asked', async () => {
    await expectRefused(
      scene(),
      [FIXTURE, '--runtime', other],
      'HF_RUNTIME_UNAVAILABLE',
      3,
      new RegExp(`It is ${kind} \\S+, and ${other} is wanted`),
    );
  });
});
