import { HoldfastError } from '../../../core/errors/holdfast-error.ts';
import type { LaunchRequest, ResolvedLaunch, SourceResolver } from '../../../core/ports/source-resolver.ts';
import type { Transport, WorkloadSpec } from '../../../core/workload/spec.ts';
import { captureEnvironment, secretNames } from './captured-environment.ts';
import { findCommand, resolveWorkingDirectory } from './command-source.ts';
import { parseSource } from './source-scheme.ts';

export interface ProcessSourcesOptions {
  /** Absolute, private folder in which installed packages are kept. */
  readonly dataDir: string;
}

/** Where servers serve MCP unless they say otherwise. */
const PATHS: Record<Transport, string> = { stdio: '', sse: '/sse', 'streamable-http': '/mcp' };

/** Resolves what runs as a process of this machine: `cmd://`, `npx://`, `uvx://`. */
export function createProcessSources(_options: ProcessSourcesOptions): SourceResolver {
  return {
    async resolve(request, progress, signal): Promise<ResolvedLaunch> {
      const source = parseSource(request.source);
      if (signal.aborted) throw new HoldfastError('HF_CANCELLED', { what: `The run of ${request.name} was cancelled` });
      const cwd = await resolveWorkingDirectory(request.workdir, request.caller.cwd);
      progress({ step: 'resolve', message: `looking for ${source.rest}` });
      const file = await findCommand(source.rest, request.caller);
      return resolved(request, { file, args: [...request.args], cwd });
    },
  };
}

function resolved(request: LaunchRequest, found: Pick<WorkloadSpec['launch'], 'file' | 'args' | 'cwd' | 'package'>): ResolvedLaunch {
  const env = { ...captureEnvironment(request.caller.env), ...request.userEnv };
  return { runtime: 'process', launch: { ...found, env, path: PATHS[request.transport] }, secretEnv: secretNames(env) };
}
