import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseImageReference } from './image-reference.ts';
import { registryCredentials } from './registry-credentials.ts';

const HOME = '/home/me';
const CONFIG = `${HOME}/.docker/config.json`;

let bin: string;

beforeAll(async () => {
  bin = await mkdtemp(join(tmpdir(), 'holdfast-helpers-'));
  const helper = async (name: string, text: string): Promise<void> => {
    await writeFile(join(bin, `docker-credential-${name}`), `#!/bin/sh\n${text}\n`);
    await chmod(join(bin, `docker-credential-${name}`), 0o755);
  };
  await helper('good', 'read -r server; printf \'{"ServerURL":"%s","Username":"me","Secret":"from %s"}\' "$server" "$server"');
  await helper('token', 'printf \'{"Username":"<token>","Secret":"s3cret"}\'');
  await helper('empty', 'echo "credentials not found in native keychain"; exit 1');
  await helper('broken', 'echo "s3cret leaked"; echo "s3cret" >&2; exit 3');
  await helper('odd', 'echo s3cret');
});

afterAll(() => rm(bin, { recursive: true }));

function ask(image: string, files: Record<string, unknown>, more: { kind?: 'docker' | 'podman'; env?: Record<string, string> } = {}) {
  return registryCredentials({
    reference: parseImageReference(image),
    kind: more.kind ?? 'docker',
    caller: { env: { PATH: `${bin}:/usr/bin:/bin`, ...more.env }, platform: 'linux', uid: 1000, home: HOME },
    readText: (path) => {
      const file = files[path];
      if (file === undefined) return null;
      return typeof file === 'string' ? file : JSON.stringify(file);
    },
    signal: new AbortController().signal,
  });
}

function decoded(auth: string | null): unknown {
  expect(auth).toMatch(/^[\w-]+=*$/);
  expect((auth ?? '').length % 4).toBe(0);
  return JSON.parse(Buffer.from(auth ?? '', 'base64url').toString());
}

function basic(login: string): string {
  return Buffer.from(login).toString('base64');
}

describe('the login at a registry', () => {
  it('is none where nobody logged in', async () => {
    expect(await ask('node', {})).toEqual({ auth: null, warnings: [] });
    expect(await ask('node', { [CONFIG]: { auths: { 'ghcr.io': { auth: basic('a:b') }, 'https://index.docker.io/v1/': {} } } })).toEqual({
      auth: null,
      warnings: [],
    });
  });

  it('is read from what `docker login` wrote', async () => {
    const files = {
      [CONFIG]: { auths: { 'https://index.docker.io/v1/': { auth: basic('me:pa:ß?>') }, 'https://ghcr.io': { auth: basic('x:y') } } },
    };
    expect(decoded((await ask('node', files)).auth)).toEqual({
      username: 'me',
      password: 'pa:ß?>',
      serveraddress: 'https://index.docker.io/v1/',
    });
    expect(decoded((await ask('ghcr.io/a/b', files)).auth)).toEqual({ username: 'x', password: 'y', serveraddress: 'ghcr.io' });
  });

  it('may be an identity token', async () => {
    const files = { [CONFIG]: { auths: { 'r.example': { auth: basic('me:'), identitytoken: 'tok' } } } };
    expect(decoded((await ask('r.example/a', files)).auth)).toEqual({ username: 'me', identitytoken: 'tok', serveraddress: 'r.example' });
  });

  it('comes from the helper of that registry, else from the one of all', async () => {
    const files = { [CONFIG]: { credsStore: 'token', credHelpers: { 'r.example': 'good' } } };
    expect(decoded((await ask('r.example/a', files)).auth)).toMatchObject({ username: 'me', password: 'from r.example' });
    expect(decoded((await ask('node', files)).auth)).toMatchObject({ identitytoken: 's3cret' });
    expect(decoded((await ask('node', { [CONFIG]: { credsStore: 'good' } })).auth)).toMatchObject({
      password: 'from https://index.docker.io/v1/',
    });
  });

  it.each([
    ['nowhere', 'it is not installed'],
    ['broken', 'exit code 3'],
    ['odd', 'no login'],
    ['../evil', 'no name of a credential helper'],
  ])('is no failure where the helper %s is of no use: a warning without secrets', async (helper, expected) => {
    const { auth, warnings } = await ask('node', { [CONFIG]: { credsStore: helper } });
    expect(auth).toBeNull();
    expect(warnings).toEqual([expect.stringContaining(expected)]);
    expect(warnings.join()).not.toContain('s3cret');
  });

  it('falls back to the file where the helper has none', async () => {
    const files = { [CONFIG]: { credsStore: 'empty', auths: { 'r.example': { auth: basic('a:b') } } } };
    const { auth, warnings } = await ask('r.example/a', files);
    expect(decoded(auth)).toMatchObject({ username: 'a' });
    expect(warnings).toEqual([]);
  });

  it('is read where `podman login` keeps it, by the longest part of the path', async () => {
    const own = `${HOME}/.config/containers/auth.json`;
    const auths = { 'quay.io': { auth: basic('all:1') }, 'quay.io/team': { auth: basic('team:2') } };
    expect(decoded((await ask('quay.io/team/x', { [own]: { auths } }, { kind: 'podman' })).auth)).toMatchObject({ username: 'team' });
    expect(decoded((await ask('quay.io/other/x', { [own]: { auths } }, { kind: 'podman' })).auth)).toMatchObject({ username: 'all' });
    expect((await ask('quay.io/team/x', { [own]: { auths } })).auth).toBeNull();
    const named = await ask(
      'quay.io/x',
      { '/my/auth.json': { auths }, [own]: {} },
      { kind: 'podman', env: { REGISTRY_AUTH_FILE: '/my/auth.json' } },
    );
    expect(decoded(named.auth)).toMatchObject({ username: 'all' });
  });

  it('is not in a damaged file, and that is said', async () => {
    expect(await ask('node', { [CONFIG]: '{"auths": s3cret' })).toEqual({ auth: null, warnings: [expect.stringContaining(CONFIG)] });
  });
});
