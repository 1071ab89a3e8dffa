import { describe, expect, it } from 'vitest';
import type { LaunchRequest, SourceResolver } from '../core/ports/source-resolver.ts';
import { containerDefaults } from '../core/workload/container.ts';
import type { WorkloadSpec } from '../core/workload/spec.ts';
import { changeLaunch } from './change-launch.ts';
import { workloadDefaults } from './workload-defaults.ts';

const spec: WorkloadSpec = {
  ...workloadDefaults,
  schema: 1,
  id: 'id',
  name: 'a',
  desired: 'running',
  source: 'npx://thing',
  args: ['old'],
  runtime: 'process',
  transport: 'stdio',
  proxyMode: 'streamable-http',
  launch: {
    file: '/bin/node',
    args: ['/pkg/bin.js', 'old'],
    cwd: '/home',
    env: { PATH: '/bin', MINE: '1', MCP_TRANSPORT: 'stdio' },
    path: '/mcp',
    package: { manager: 'npx', name: 'thing', version: '1.2.3', integrity: null, folder: '/pkg' },
  },
  secretEnv: [],
  userEnv: ['MINE'],
  createdAt: 0,
};

function recorder(): { asked: LaunchRequest[]; resolver: SourceResolver } {
  const asked: LaunchRequest[] = [];
  return {
    asked,
    resolver: {
      async resolve(request) {
        asked.push(request);
        return { runtime: 'process', launch: { ...spec.launch, args: ['resolved'] }, secretEnv: ['S'] };
      },
    },
  };
}

const signal = new AbortController().signal;

describe('changing what is launched', () => {
  it('puts arguments, variables and the folder in place without asking the resolver', async () => {
    const { asked, resolver } = recorder();
    const options = { args: ['new', '--x'], env: { MORE: '2', MCP_TRANSPORT: 'mine' }, workdir: '/srv' };
    const changed = await changeLaunch(spec, options, resolver, () => {}, signal);
    expect(asked).toEqual([]);
    expect(changed).toMatchObject({
      args: ['new', '--x'],
      transport: 'stdio',
      launch: { args: ['/pkg/bin.js', 'new', '--x'], cwd: '/srv' },
    });
    expect(changed.launch.env).toEqual({ PATH: '/bin', MINE: '1', MCP_TRANSPORT: 'stdio', MORE: '2' });
  });

  it('asks the resolver where the transport changes: pinned, with the captured environment', async () => {
    const { asked, resolver } = recorder();
    const changed = await changeLaunch(spec, { transport: 'streamable-http', env: { MORE: '2' } }, resolver, () => {}, signal);
    expect(asked).toEqual([
      {
        name: 'a',
        source: 'npx://thing@1.2.3',
        args: ['old'],
        transport: 'streamable-http',
        targetPort: undefined,
        userEnv: { MINE: '1', MORE: '2' },
        workdir: '/home',
        runtime: 'process',
        container: containerDefaults,
        caller: { cwd: '/home', env: { PATH: '/bin' } },
      },
    ]);
    expect(changed).toMatchObject({ transport: 'streamable-http', secretEnv: ['S'], launch: { args: ['resolved'] } });
  });

  it('asks the resolver where the old arguments are not at the end', async () => {
    const { asked, resolver } = recorder();
    await changeLaunch({ ...spec, args: ['elsewhere'] }, { args: ['new'] }, resolver, () => {}, signal);
    expect(asked).toHaveLength(1);
  });

  it('never asks the resolver for a container, which keeps its image and its engine', async () => {
    const { asked, resolver } = recorder();
    const engine = { address: 'unix:///run/docker.sock', tls: null, id: 'x' };
    const image = { reference: 'mcp/memory', id: 'sha256:1', digest: null };
    const contained: WorkloadSpec = {
      ...spec,
      source: 'mcp/memory',
      runtime: 'docker',
      launch: { file: '', args: ['old'], cwd: '', env: { MINE: '1' }, path: '' },
      container: { ...containerDefaults, engine, image },
    };
    const options = {
      args: ['new'],
      env: { MORE: '2' },
      transport: 'streamable-http',
      targetPort: 9000,
      container: { limits: { memory: 67_108_864 }, readOnly: true },
    } as const;
    const changed = await changeLaunch(contained, options, resolver, () => {}, signal);
    expect(asked).toEqual([]);
    expect(changed).toEqual({
      args: ['new'],
      transport: 'streamable-http',
      targetPort: 9000,
      runtime: 'docker',
      launch: { file: '', args: ['new'], cwd: '', env: { MINE: '1', MORE: '2' }, path: '/mcp' },
      container: { ...containerDefaults, engine, image, readOnly: true, limits: { ...containerDefaults.limits, memory: 67_108_864 } },
      secretEnv: [],
    });
  });
});
