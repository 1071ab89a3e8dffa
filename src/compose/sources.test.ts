import { describe, expect, it } from 'vitest';
import type { LaunchRequest, ResolvedLaunch, SourceResolver } from '../core/ports/source-resolver.ts';
import { containerDefaults } from '../core/workload/container.ts';
import { createSources } from './sources.ts';

const answering = (runtime: 'process' | 'docker'): SourceResolver => ({
  resolve: async (): Promise<ResolvedLaunch> => ({ runtime, launch: { file: '', args: [], cwd: '', env: {}, path: '' }, secretEnv: [] }),
});
const sources = createSources({ processes: answering('process'), images: answering('docker') });
const resolve = async (source: string, runtime?: LaunchRequest['runtime']): Promise<string> => {
  const request: LaunchRequest = {
    name: 'x',
    source,
    args: [],
    transport: 'stdio',
    targetPort: undefined,
    userEnv: {},
    workdir: undefined,
    runtime,
    container: containerDefaults,
    caller: { cwd: '/', env: {} },
  };
  return (await sources.resolve(request, () => undefined, new AbortController().signal)).runtime;
};

describe('where a source runs', () => {
  it.each([
    ['ghcr.io/a/b:1', 'docker'],
    ['fetch', 'docker'],
    ['localhost:5000/a', 'docker'],
    ['cmd://node', 'process'],
    ['npx://a', 'process'],
    ['uvx://a', 'process'],
    // What is wrong with these is said by whoever knows schemes.
    ['./server.js', 'process'],
    ['/usr/bin/node', 'process'],
    ['~/x', 'process'],
    ['docker://x', 'process'],
    ['', 'process'],
  ])('%s in %s', async (source, runtime) => expect(await resolve(source)).toBe(runtime));

  it.each([
    ['fetch', 'process'],
    ['cmd://node', 'docker'],
    ['npx://a', 'podman'],
  ] as const)('%s never in %s', async (source, runtime) => {
    await expect(async () => resolve(source, runtime)).rejects.toMatchObject({ code: 'HF_UNSUPPORTED' });
  });

  it('an image where its kind of engine is asked for', async () => expect(await resolve('fetch', 'podman')).toBe('docker'));
});
