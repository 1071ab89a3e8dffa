import { describe, expect, it } from 'vitest';
import { type ContainerSpec, containerDefaults } from '../../../core/workload/container.ts';
import type { WorkloadSpec } from '../../../core/workload/spec.ts';
import { containerName, planContainer, specHash } from './container-plan.ts';

const container: ContainerSpec = {
  ...containerDefaults,
  engine: { address: 'unix:///x', tls: null, id: 'E' },
  image: { reference: 'a/b:1', id: 'sha256:1', digest: null },
};

function spec(more: Partial<WorkloadSpec> = {}, of: Partial<ContainerSpec> = {}): WorkloadSpec {
  const made = {
    id: '1',
    name: 'weather',
    args: [],
    transport: 'stdio',
    launch: { file: '', args: [], cwd: '', env: {}, path: '' },
    secretEnv: [],
    userEnv: [],
    labels: {},
    container: { ...container, ...of },
    ...more,
  };
  return made as unknown as WorkloadSpec;
}

const traits = { init: true, cpus: 2, image: 'a/b:1', instance: '01234567-89ab' };
const launch = (more: Partial<WorkloadSpec['launch']>): Pick<WorkloadSpec, 'launch'> => ({ launch: { ...spec().launch, ...more } });

describe('a container', () => {
  it('may do little, and its log is bounded', () => {
    expect(planContainer(spec(), null, traits)).toMatchObject({
      name: 'weather',
      stdin: true,
      init: true,
      capDrop: ['ALL'],
      securityOptions: ['no-new-privileges'],
      limits: { memory: 1_073_741_824, cpus: 2, pids: 512 },
      network: 'holdfast-01234567',
      ports: [],
      env: { MCP_TRANSPORT: 'stdio' },
      log: { maxSize: '10m', maxFiles: 3 },
    });
  });

  it('carries its owner in labels, which the user cannot forge', () => {
    const order = planContainer(spec({ labels: { team: 'a', 'holdfast.instance': 'other' } }), 'session-1', traits);
    expect(order.labels).toMatchObject({
      team: 'a',
      'holdfast.instance': '01234567-89ab',
      'holdfast.workload-id': '1',
      'holdfast.unit': 'session-1',
    });
  });

  it('gets a secret as it is', () => {
    const made = spec({ transport: 'sse', secretEnv: ['SECRET'], ...launch({ env: { SECRET: 'a{port}', OTHER: 'b{port}' } }) });
    expect(planContainer(made, null, traits).env).toMatchObject({ SECRET: 'a{port}', OTHER: 'b8080' });
  });

  it('gets no more cores than there are', () => {
    const limits = { memory: 0, cpus: 8, pids: 0 };
    expect(planContainer(spec({}, { limits }), null, traits).limits.cpus).toBe(2);
    expect(planContainer(spec({}, { limits }), null, { ...traits, cpus: null }).limits.cpus).toBe(8);
  });

  it('publishes the port of an HTTP server on loopback, and tells it', () => {
    const http = spec({
      transport: 'streamable-http',
      ...launch({ args: ['--port={port}'], env: { MCP_PORT: '1', AT: ':{port}' } }),
      targetPort: 3_000,
    });
    const order = planContainer(http, null, traits);
    expect(order.ports).toEqual([{ containerPort: 3_000, protocol: 'tcp', hostAddress: '127.0.0.1', hostPort: 0 }]);
    expect(order).toMatchObject({
      stdin: false,
      command: ['--port=3000'],
      env: { MCP_PORT: '3000', FASTMCP_PORT: '3000', MCP_HOST: '0.0.0.0', AT: ':3000' },
    });
    expect(planContainer(spec({ transport: 'sse' }, { network: 'host' }), null, traits)).toMatchObject({ ports: [], network: 'host' });
  });

  it('leaves an argument of a stdio server as it is', () =>
    expect(planContainer(spec(launch({ args: ['{port}'] })), null, traits).command).toEqual(['{port}']));

  it('cannot serve HTTP without a network', () => {
    expect(() => planContainer(spec({ transport: 'sse' }, { network: 'none' }), null, traits)).toThrow(/--network none/);
    expect(planContainer(spec({}, { network: 'none' }), null, traits).network).toBe('none');
  });

  it('has a place for temporary files where its root cannot be written to', () =>
    expect(planContainer(spec({}, { readOnly: true }), null, traits)).toMatchObject({
      readOnly: true,
      tmpfs: { '/tmp': expect.any(String) },
    }));
});

describe('the hash of a spec', () => {
  const hash = specHash(spec(), null);

  it.each([
    ['an argument', spec(launch({ args: ['x'] }))],
    ['a variable', spec(launch({ env: { A: '1' } }))],
    ['a label', spec({ labels: { a: '1' } })],
    ['a limit', spec({}, { limits: { memory: 1, cpus: 1, pids: 1 } })],
    ['the image', spec({}, { image: { ...container.image, id: 'sha256:2' } })],
    ['the transport', spec({ transport: 'sse' })],
  ])('is another with %s', (_what, other) => expect(specHash(other, null)).not.toBe(hash));

  it.each([
    ['where its engine is found', spec({}, { engine: { ...container.engine, address: 'unix:///y' } })],
    ['what its image is called', spec({}, { image: { ...container.image, reference: 'c' } })],
    ['how it is restarted', spec({ restart: { mode: 'never' } as never, holdMs: 5 })],
  ])('is the same whatever %s', (_what, other) => expect(specHash(other, null)).toBe(hash));
});

it('the hash of a spec is the same whatever the order of its variables', () => {
  expect(specHash(spec(launch({ env: { A: '1', B: '2' } })), null)).toBe(specHash(spec(launch({ env: { B: '2', A: '1' } })), null));
});

describe('the name of a container', () => {
  it.each([
    ['weather', null, 'weather'],
    ['weather', '0123456789', 'weather-01234567'],
    // Docker refuses names of one character.
    ['w', null, 'holdfast-w'],
    ['weather', 'trial', 'weather.trial'],
  ])('of %s for session %s is %s', (workload, unit, name) => expect(containerName(workload, unit)).toBe(name));
});
