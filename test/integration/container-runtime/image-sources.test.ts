import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LaunchRequest, ResolvedLaunch } from '../../../src/core/ports/source-resolver.ts';
import { containerDefaults } from '../../../src/core/workload/container.ts';
import { createImageSources } from '../../../src/runtimes/engine/sources/image-sources.ts';
import type { EngineAddress } from '../../support/engine/api.ts';
import { ENGINE_KINDS, engineFor, engineOrSkip } from '../../support/engine/engines.ts';
import { ensureImages, imageName } from '../../support/engine/images.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'holdfast-sources-'));
});
afterEach(() => rmSync(home, { recursive: true }));

function resolve(source: string, socket: string, more: Partial<LaunchRequest> = {}): Promise<ResolvedLaunch> {
  const request: LaunchRequest = {
    name: 'x',
    source,
    args: ['a'],
    transport: 'stdio',
    targetPort: undefined,
    userEnv: { API_KEY: 'k', PLAIN: 'p' },
    workdir: undefined,
    container: containerDefaults,
    caller: { cwd: home, env: { HOME: home, PATH: '/bin', DOCKER_HOST: `unix://${socket}` } },
    ...more,
  };
  return createImageSources().resolve(request, () => undefined, new AbortController().signal);
}

describe('an image where no engine answers', () => {
  it('is refused with everything that was tried, and never becomes a process', async () => {
    const socket = join(home, 'no.sock');
    const error = await resolve('ghcr.io/a/b:1', socket).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'HF_RUNTIME_UNAVAILABLE', definition: { exit: 3 } });
    expect((error as Error).message).toContain(socket);
  });
});

describe.each(ENGINE_KINDS)('an image at %s', (kind) => {
  let engine: EngineAddress;
  beforeEach(async (ctx) => {
    engineOrSkip(ctx, kind);
    engine = await engineFor(kind);
    await ensureImages(engine, 'node', 'foreign');
  });

  it('is found there without a registry, and bound to that engine', async () => {
    const found = await resolve(imageName('node'), engine.socket);
    expect(found).toMatchObject({
      runtime: kind,
      launch: { file: '', args: ['a'], cwd: '', env: { API_KEY: 'k', PLAIN: 'p' } },
      container: { engine: { address: `unix://${engine.socket}` }, image: { id: expect.stringMatching(/^sha256:/) } },
      secretEnv: ['API_KEY'],
    });
    // What names the caller's engine, or anything else of the caller, is nothing for the server.
    expect(Object.keys(found.launch.env)).toEqual(['API_KEY', 'PLAIN']);
  });

  it('is refused where it cannot be pulled, with what to do', async () => {
    const error = await resolve('127.0.0.1:1/no/such:1', engine.socket).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'HF_IMAGE_NOT_FOUND', fix: expect.stringContaining(`${kind} login 127.0.0.1:1`) });
    expect((error as Error).message).toContain('127.0.0.1:1/no/such:1');
  });

  it('is refused where it is for another architecture', async () => {
    const error = await resolve(imageName('foreign'), engine.socket).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'HF_CONTAINER_REFUSED', message: expect.stringMatching(/arm64.*amd64|amd64.*arm64/) });
  });

  it('is refused with a working directory that is none in a container', async () => {
    await expect(resolve(imageName('node'), engine.socket, { workdir: 'here' })).rejects.toMatchObject({ code: 'HF_BAD_SPEC' });
  });
});
