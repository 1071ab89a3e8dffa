import { HoldfastError } from '../../../core/errors/holdfast-error.ts';
import type { LaunchRequest, ResolvedLaunch, SourceResolver } from '../../../core/ports/source-resolver.ts';
import { endpointPaths } from '../../../core/workload/endpoint-path.ts';
import { secretNames } from '../../process/sources/captured-environment.ts';
import type { ImageState } from '../client/engine-images.ts';
import type { EngineVersion } from '../client/engine-system.ts';
import { engineFailureOf } from '../container/container-errors.ts';
import { type ChosenEngine, chooseEngine } from './choose-engine.ts';
import { type FoundImage, findImage } from './find-image.ts';
import { realAddress } from './real-address.ts';

/** Resolves what is a container image: chooses the engine, and has it pull what it does not have. */
export function createImageSources(): SourceResolver {
  return {
    async resolve(request, progress, signal) {
      checkWorkingDirectory(request.workdir);
      progress({ step: 'resolve', message: 'looking for a container engine' });
      const engine = await chooseEngine(request);
      try {
        const { kind, version } = engine.version;
        progress({ step: 'resolve', message: `using ${kind} ${version} at ${engine.client.address.address} (${engine.strategy})` });
        checkReach(request, engine);
        const found = await findImage(request, engine, progress, signal);
        checkArchitecture(request.source, found.image, engine.version);
        return await resolved(request, engine, found);
      } finally {
        engine.client.close();
      }
    },
  };
}

async function resolved(request: LaunchRequest, { client, version }: ChosenEngine, found: FoundImage): Promise<ResolvedLaunch> {
  const info = await client.system.info().catch((error: unknown) => {
    throw engineFailureOf(error, request.name);
  });
  const { tls } = client.address;
  const address = request.engine?.address ?? (await realAddress(client.address.address));
  const { image, reference } = found;
  const warnings = [...found.warnings];
  if (info.initAvailable === false) warnings.push('The engine has no init program: processes that servers leave behind are not reaped.');
  return {
    runtime: version.kind,
    launch: {
      file: '',
      args: [...request.args],
      cwd: request.workdir ?? '',
      // Nothing of the caller's environment: a container has its own.
      env: { ...request.userEnv },
      path: endpointPaths[request.transport],
    },
    container: {
      ...request.container,
      engine: { address, tls, id: info.id },
      image: { reference, id: image.id, digest: image.digests[0]?.replace(/^.*@/, '') ?? null },
    },
    engineVersion: version.version,
    ...(warnings.length > 0 ? { warnings } : {}),
    secretEnv: secretNames(request.userEnv),
  };
}

function checkWorkingDirectory(workdir: string | undefined): void {
  if (workdir === undefined || workdir.startsWith('/')) return;
  throw new HoldfastError('HF_BAD_SPEC', {
    what: `${workdir} cannot be the working directory in a container`,
    why: 'it is not an absolute path',
    fix: 'Give a path of the container, such as `--workdir /app`.',
  });
}

/** What a container publishes is published on the loopback address of its engine's machine. */
function checkReach(request: LaunchRequest, { client }: ChosenEngine): void {
  const { address } = client.address;
  if (request.transport === 'stdio' || !address.startsWith('tcp:')) return;
  if (/^tcp:\/\/(127\.|localhost[:/]|\[::1\])/.test(address)) return;
  throw new HoldfastError('HF_UNSUPPORTED', {
    what: `An HTTP server on the engine at ${address} cannot be reached`,
    why: 'it publishes ports on the loopback address of another machine',
    fix: 'Run the server over stdio, or on an engine of this machine.',
  });
}

const SAME: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64' };

function checkArchitecture(source: string, image: ImageState, engine: EngineVersion): void {
  const [wanted, there] = [image.arch, engine.arch].map((arch) => SAME[arch] ?? arch);
  if (!wanted || !there || wanted === there) return;
  throw new HoldfastError('HF_CONTAINER_REFUSED', {
    what: `The image ${source} is for ${image.os || 'linux'}/${wanted}`,
    why: `the engine’s machine is ${engine.os || 'linux'}/${there}`,
    fix: 'Use an image for that architecture.',
    data: { image: wanted, engine: there },
  });
}
