import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { EngineError, type EngineErrorReason } from '../client/engine-error.ts';
import type { EngineVersion } from '../client/engine-system.ts';
import { discoverEngines } from './discover-engines.ts';
import type { Caller } from './engine-way.ts';

const HOME = '/home/me';
const docker: EngineVersion = { kind: 'docker', version: '27.1', apiVersion: '1.46', os: 'linux', arch: 'amd64' };
const podman: EngineVersion = { ...docker, kind: 'podman', version: '5.2.0' };

interface World {
  readonly env?: Record<string, string>;
  readonly platform?: Caller['platform'];
  readonly files?: Record<string, string>;
  /** What answers, or why not, by address; everything else is absent. */
  readonly engines?: Record<string, EngineVersion | EngineErrorReason>;
  readonly only?: 'docker' | 'podman';
  readonly all?: boolean;
}

async function look({ env = {}, platform = 'linux', files = {}, engines = {}, only, all = false }: World) {
  const asked: unknown[] = [];
  const discovery = await discoverEngines({
    caller: { env, platform, uid: 1000, home: HOME },
    only: only ?? null,
    all,
    readText: (path) => files[path] ?? null,
    probe: (address) => {
      asked.push(address);
      const found = engines[address.address] ?? 'absent';
      if (typeof found !== 'string') return Promise.resolve(found);
      return Promise.reject(new EngineError('unavailable', { attempt: 'ask', words: `it is ${found}`, reason: found }));
    },
  });
  const outcomes = discovery.candidates.map(({ strategy, outcome }) => `${strategy}: ${outcome}`);
  return { ...discovery, asked, outcomes, address: discovery.chosen?.address.address ?? null };
}

function context(name: string, endpoint: object, folder = `${HOME}/.docker`): Record<string, string> {
  const hash = createHash('sha256').update(name).digest('hex');
  return { [`${folder}/contexts/meta/${hash}/meta.json`]: JSON.stringify({ Name: name, Endpoints: { docker: endpoint } }) };
}

describe('looking for engines', () => {
  it('takes DOCKER_HOST first', async () => {
    const found = await look({
      env: { DOCKER_HOST: 'unix:///x.sock' },
      engines: { 'unix:///x.sock': docker, 'unix:///var/run/docker.sock': docker },
    });
    expect(found.outcomes).toEqual(['DOCKER_HOST: answers']);
    expect(found.chosen).toMatchObject({ address: { address: 'unix:///x.sock', tls: null }, version: docker });
  });

  it('does not replace an engine that was named by one that was not', async () => {
    const found = await look({ env: { DOCKER_HOST: 'unix:///x.sock' }, engines: { 'unix:///var/run/docker.sock': docker } });
    expect(found.outcomes).toEqual(['DOCKER_HOST: absent']);
    expect(found.chosen).toBeNull();
  });

  it('looks on where the named one is of the other kind', async () => {
    const engines = { 'unix:///x.sock': docker, 'unix:///run/user/1000/podman/podman.sock': podman };
    const found = await look({ env: { DOCKER_HOST: 'unix:///x.sock' }, engines, only: 'podman' });
    expect(found.outcomes[0]).toBe('DOCKER_HOST: wrong-kind');
    expect(found.candidates[0]?.detail).toBe('It is docker 27.1, and podman is wanted.');
    expect(found.address).toBe('unix:///run/user/1000/podman/podman.sock');
  });

  it('knows an engine by its answer, not by its path', async () => {
    const engines = { 'unix:///var/run/docker.sock': podman, 'unix:///run/podman/podman.sock': docker };
    expect((await look({ engines })).chosen?.version.kind).toBe('podman');
    expect((await look({ engines, only: 'docker' })).address).toBe('unix:///run/podman/podman.sock');
  });

  it('takes CONTAINER_HOST behind DOCKER_HOST, and DOCKER_HOST for no choice of a Podman', async () => {
    const env = { DOCKER_HOST: 'unix:///d.sock', CONTAINER_HOST: 'unix:///p.sock' };
    expect((await look({ env, engines: { 'unix:///p.sock': podman } })).outcomes).toEqual([
      'DOCKER_HOST: absent',
      'CONTAINER_HOST: answers',
    ]);
    const engines = { 'unix:///run/podman/podman.sock': podman };
    expect((await look({ env: { DOCKER_HOST: 'unix:///d.sock' }, engines, only: 'podman' })).address).toBe(
      'unix:///run/podman/podman.sock',
    );
    expect((await look({ env: { CONTAINER_HOST: 'unix:///p.sock' }, engines, only: 'podman' })).address).toBeNull();
  });

  it('speaks TLS where DOCKER_TLS_VERIFY says so', async () => {
    const env = { DOCKER_HOST: 'tcp://remote:2376', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/certs' };
    const found = await look({ env, files: { '/certs/ca.pem': 'x', '/certs/cert.pem': 'x', '/certs/key.pem': 'x' } });
    const tls = { ca: '/certs/ca.pem', cert: '/certs/cert.pem', key: '/certs/key.pem' };
    expect(found.asked).toEqual([{ address: 'tcp://remote:2376', tls }]);
    const plain = await look({ env: { DOCKER_HOST: 'remote:2375' } });
    expect(plain.asked).toEqual([{ address: 'tcp://remote:2375', tls: null }]);
    expect((await look({ env: { DOCKER_HOST: 'tcp://remote:1', DOCKER_TLS: '1' } })).candidates[0]?.detail).toContain(
      'DOCKER_TLS_VERIFY=1',
    );
  });

  it.each(['ssh://me@host', 'fd://', '/var/run/docker.sock', 'tcp://'])('does not speak %s, and says so', async (address) => {
    const found = await look({ env: { DOCKER_HOST: address } });
    expect(found.outcomes).toEqual(['DOCKER_HOST: unsupported']);
    expect(found.candidates[0]?.detail).not.toBe('');
  });

  it('follows the current context of Docker', async () => {
    const files = { [`${HOME}/.docker/config.json`]: '{"currentContext":"colima"}', ...context('colima', { Host: 'unix:///colima.sock' }) };
    const found = await look({ files, engines: { 'unix:///colima.sock': docker, 'unix:///var/run/docker.sock': docker } });
    expect(found.outcomes).toEqual(['docker context "colima": answers']);
    const overridden = await look({ files, env: { DOCKER_HOST: 'unix:///x.sock' }, engines: { 'unix:///x.sock': docker } });
    expect(overridden.outcomes).toEqual(['DOCKER_HOST: answers']);
  });

  it('follows DOCKER_CONTEXT in DOCKER_CONFIG, with its TLS files', async () => {
    const tls = `/conf/contexts/tls/${createHash('sha256').update('far').digest('hex')}/docker`;
    const files = {
      '/conf/config.json': '{"currentContext":"other"}',
      ...context('far', { Host: 'tcp://far:2376' }, '/conf'),
      [`${tls}/ca.pem`]: 'x',
    };
    const found = await look({ env: { DOCKER_CONTEXT: 'far', DOCKER_CONFIG: '/conf' }, files });
    expect(found.asked).toEqual([{ address: 'tcp://far:2376', tls: { ca: `${tls}/ca.pem`, cert: null, key: null } }]);
  });

  it.each([
    ['missing', {}, 'no context'],
    ['damaged', { meta: '{' }, 'names no engine'],
    ['unverified', { endpoint: { Host: 'tcp://far:2376', SkipTLSVerify: true } }, 'SkipTLSVerify'],
  ])('says what is wrong with a context: %s', async (_name, { meta, endpoint }: { meta?: string; endpoint?: object }, expected) => {
    const files = context('far', endpoint ?? {});
    if (meta !== undefined) for (const path of Object.keys(files)) files[path] = meta;
    const found = await look({ env: { DOCKER_CONTEXT: 'far' }, files: meta === undefined && endpoint === undefined ? {} : files });
    expect(found.candidates[0]).toMatchObject({ outcome: 'unsupported', detail: expect.stringContaining(expected) });
    expect(found.chosen).toBeNull();
  });

  it('looks at the usual places, each once, in this order', async () => {
    const found = await look({ env: { XDG_RUNTIME_DIR: '/run/user/1000' }, all: true });
    expect(found.candidates.map(({ address }) => address?.address)).toEqual([
      'unix:///var/run/docker.sock',
      `unix://${HOME}/.docker/run/docker.sock`,
      `unix://${HOME}/.docker/desktop/docker.sock`,
      `unix://${HOME}/.colima/default/docker.sock`,
      `unix://${HOME}/.config/colima/default/docker.sock`,
      `unix://${HOME}/.rd/docker.sock`,
      'unix:///run/user/1000/docker.sock',
      'unix:///run/podman/podman.sock',
      'unix:///run/user/1000/podman/podman.sock',
    ]);
    const mac = await look({ platform: 'darwin', env: { TMPDIR: '/var/folders/x' } });
    expect(mac.asked.map((address) => (address as { address: string }).address)).toEqual(
      expect.arrayContaining([`unix://${HOME}/.orbstack/run/docker.sock`, 'unix:///var/folders/x/podman/podman-machine-default-api.sock']),
    );
    expect((await look({ platform: 'win32' })).asked).toContainEqual({ address: 'npipe:////./pipe/docker_engine', tls: null });
    const twice = await look({
      env: { DOCKER_HOST: 'unix:///run/docker.sock' },
      engines: { 'unix:///run/docker.sock': podman },
      only: 'docker',
    });
    expect(
      twice.asked.filter((address) => /^unix:\/\/(\/var)?\/run\/docker.sock$/.test((address as { address: string }).address)),
    ).toHaveLength(1);
  });

  it('says why each did not answer, and what to do', async () => {
    const engines = { 'unix:///var/run/docker.sock': 'no-permission', 'unix:///run/podman/podman.sock': 'too-old' } as const;
    const { candidates } = await look({ engines });
    expect(candidates[0]).toMatchObject({ outcome: 'no-permission', detail: expect.stringContaining('usermod -aG docker') });
    expect(candidates.find(({ outcome }) => outcome === 'too-old')?.detail).toContain('Podman 4.0');
    expect(candidates.find(({ outcome }) => outcome === 'absent')?.detail).toContain('systemctl');
  });

  it('asks on behind the chosen one when all are wanted', async () => {
    const engines = { 'unix:///var/run/docker.sock': docker, 'unix:///run/podman/podman.sock': podman };
    expect((await look({ engines })).candidates).toHaveLength(1);
    const all = await look({ engines, all: true });
    expect(all.candidates.filter(({ outcome }) => outcome === 'answers')).toHaveLength(2);
    expect(all.address).toBe('unix:///var/run/docker.sock');
  });
});
