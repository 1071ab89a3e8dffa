import { join } from 'node:path';
import { HoldfastError } from '../../../core/errors/holdfast-error.ts';
import type { Progress } from '../../../core/ports/progress.ts';
import type { LaunchRequest, ResolvedLaunch, SourceResolver } from '../../../core/ports/source-resolver.ts';
import { endpointPaths } from '../../../core/workload/endpoint-path.ts';
import type { WorkloadSpec } from '../../../core/workload/spec.ts';
import { captureEnvironment, secretNames } from './captured-environment.ts';
import { findCommand, resolveWorkingDirectory } from './command-source.ts';
import { createInstallStore } from './install-store.ts';
import { resolveNpmPackage } from './npm-package.ts';
import { parseNpmRequest, parsePythonRequest } from './package-request.ts';
import type { PackageLaunch } from './package-site.ts';
import { createSharedWork } from './shared-work.ts';
import { parseSource, type Source } from './source-scheme.ts';
import { resolveUvPackage } from './uv-package.ts';

export interface ProcessSourcesOptions {
  /** Absolute, private folder. Packages are installed in `npx/` and `uvx/` of it, a folder for each exact version. */
  readonly dataDir: string;
}

export interface ProcessSources extends SourceResolver {
  /** Deletes installed packages that no workload names any more. @param inUse folders of `launch.package` */
  prune(inUse: ReadonlySet<string>): Promise<void>;
}

/** Resolves what runs as a process of this machine: `cmd://`, `npx://`, `uvx://`. */
export function createProcessSources({ dataDir }: ProcessSourcesOptions): ProcessSources {
  const stores = { npx: createInstallStore(join(dataDir, 'npx')), uvx: createInstallStore(join(dataDir, 'uvx')) };
  const installs = createSharedWork<PackageLaunch>();

  function resolvePackage(
    source: Source & { scheme: 'npx' | 'uvx' },
    request: LaunchRequest,
    cwd: string,
    progress: Progress,
    signal: AbortSignal,
  ): Promise<PackageLaunch> {
    const wanted = source.scheme === 'npx' ? parseNpmRequest(source.rest) : parsePythonRequest(source.rest);
    const resolve = source.scheme === 'npx' ? resolveNpmPackage : resolveUvPackage;
    const env = captureEnvironment(request.caller.env);
    return installs.join(request.source, signal, (whileWanted) =>
      resolve(wanted, { store: stores[source.scheme], source: request.source, cwd, env, progress, signal: whileWanted }),
    );
  }

  return {
    async resolve(request, progress, signal): Promise<ResolvedLaunch> {
      const source = parseSource(request.source);
      if (signal.aborted) throw new HoldfastError('HF_CANCELLED', { what: `The run of ${request.name} was cancelled` });
      const cwd = await resolveWorkingDirectory(request.workdir, request.caller.cwd);
      if (isPackage(source)) {
        const { file, args, folder, installed } = await resolvePackage(source, request, cwd, progress, signal);
        return resolved(request, {
          file,
          args: [...args, ...request.args],
          cwd,
          package: { manager: source.scheme, ...installed, folder },
        });
      }
      progress({ step: 'resolve', message: `looking for ${source.rest}` });
      const file = await findCommand(source.rest, request.caller);
      return resolved(request, { file, args: [...request.args], cwd });
    },
    async prune(inUse) {
      await Promise.all([stores.npx, stores.uvx].map((store) => store.prune((folder) => inUse.has(folder))));
    },
  };
}

function isPackage(source: Source): source is Source & { scheme: 'npx' | 'uvx' } {
  return source.scheme !== 'cmd';
}

function resolved(request: LaunchRequest, found: Pick<WorkloadSpec['launch'], 'file' | 'args' | 'cwd' | 'package'>): ResolvedLaunch {
  const env = { ...captureEnvironment(request.caller.env), ...request.userEnv };
  return { runtime: 'process', launch: { ...found, env, path: endpointPaths[request.transport] }, secretEnv: secretNames(env) };
}
