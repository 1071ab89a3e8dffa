import { describe, expect, it } from 'vitest';
import { containerDefaults } from '../core/workload/container.ts';
import type { WorkloadSpec } from '../core/workload/spec.ts';
import { checkContainer, checkContainerWishes, containerWarnings } from './check-container.ts';
import { workloadDefaults } from './workload-defaults.ts';
import type { ContainerWishes } from './workload-options.ts';

const refused = (why: string): object =>
  expect.objectContaining({ code: 'HF_BAD_SPEC', message: expect.stringContaining(why) as string }) as object;
const bind = (source: string, target: string) => ({ kind: 'bind', source, target, readOnly: false }) as const;

describe('what is said of a container', () => {
  it.each<[string, ContainerWishes]>([
    ['network "a b"', { network: 'a b' }],
    ['network "container:x"', { network: 'container:x' }],
    ['user "a b"', { user: 'a b' }],
    ['user "-1"', { user: '-1' }],
    ['1048576 bytes is too little', { limits: { memory: 1_048_576 } }],
    ['0.001 of a core', { limits: { cpus: 0.001 } }],
    ['same place /x', { mounts: [bind('/a', '/x/'), bind('/b', '/x')] }],
    ['over the root', { mounts: [bind('/a', '/')] }],
    ['name of a volume', { mounts: [{ kind: 'volume', source: '../x', target: '/x', readOnly: false }] }],
  ])('is refused: %s', (why, wishes) => {
    expect(() => checkContainerWishes(wishes)).toThrow(refused(why));
  });

  it.each<ContainerWishes>([
    {},
    { network: 'host', user: '1000:1000' },
    { network: 'my_net.1', user: 'node' },
    { user: null, limits: { memory: 0, cpus: 0, pids: 0 } },
    { limits: { memory: 6_291_456, cpus: 0.01 } },
    { mounts: [bind('/a', '/x'), bind('/a', '/x/y'), { kind: 'volume', source: 'data', target: '/data', readOnly: true }] },
  ])('is taken: %o', (wishes) => expect(() => checkContainerWishes(wishes)).not.toThrow());
});

describe('a workload in a container', () => {
  const published = (hostAddress: string, hostPort: number) => [{ hostAddress, hostPort, containerPort: 80, protocol: 'tcp' as const }];
  const spec = (container: Partial<typeof containerDefaults>, more: Partial<WorkloadSpec> = {}): WorkloadSpec => ({
    ...workloadDefaults,
    schema: 1,
    id: 'id',
    name: 'a',
    desired: 'running',
    source: 'mcp/memory',
    args: [],
    runtime: 'docker',
    transport: 'stdio',
    proxyMode: 'streamable-http',
    launch: { file: '', args: [], cwd: '', env: {}, path: '/mcp' },
    container: {
      ...containerDefaults,
      ...container,
      engine: { address: 'unix:///run/docker.sock', tls: null, id: null },
      image: { reference: 'mcp/memory', id: 'sha256:1', digest: null },
    },
    secretEnv: [],
    userEnv: [],
    createdAt: 0,
    ...more,
  });

  it('is refused where what is asked for cannot be together', () => {
    expect(() => checkContainer(spec({ network: 'none' }, { transport: 'streamable-http' }))).toThrow(refused('--network none'));
    expect(() => checkContainer(spec({ network: 'host', publish: published('127.0.0.1', 1) }))).toThrow(refused('--publish has no effect'));
    expect(() => checkContainer(spec({ publish: published('127.0.0.1', 1) }, { sessions: 'isolated' }))).toThrow(refused('fixed port'));
    const launch = { file: '', args: [], cwd: 'C:\\app', env: {}, path: '/mcp' };
    expect(() => checkContainer(spec({}, { launch }))).toThrow(refused('not an absolute path'));
    for (const fine of [
      spec({ network: 'none' }),
      spec({ network: 'host' }, { transport: 'streamable-http' }),
      spec({ publish: published('127.0.0.1', 0) }, { sessions: 'isolated' }),
    ]) {
      expect(() => checkContainer(fine)).not.toThrow();
    }
  });

  it('warns of what the engine cannot do and of what others may reach', () => {
    const unlessStopped = { restart: { ...workloadDefaults.restart, mode: 'unless-stopped' as const } };
    expect(containerWarnings(spec({}, unlessStopped))).toEqual([]);
    expect(containerWarnings(spec({}, { ...unlessStopped, runtime: 'podman' }))).toEqual([expect.stringContaining('is as `always`')]);
    expect(containerWarnings(spec({ publish: published('127.0.0.1', 1) }))).toEqual([]);
    expect(containerWarnings(spec({ publish: published('0.0.0.0', 8080) }))).toEqual([expect.stringContaining('0.0.0.0:8080')]);
  });
});
