import type { ContainerOptions } from '../workload/container.ts';
import type { RuntimeKind, Transport, WorkloadSpec } from '../workload/spec.ts';
import type { Progress } from './progress.ts';

/** What `run` was asked for, before anything was looked up. */
export interface LaunchRequest {
  readonly name: string;
  readonly source: string;
  readonly args: readonly string[];
  readonly transport: Transport;
  readonly targetPort: number | undefined;
  /** From env files and -e, in order of precedence already merged. */
  readonly userEnv: Readonly<Record<string, string>>;
  readonly workdir: string | undefined;
  /** What `--runtime` said; absent = the source decides. */
  readonly runtime?: RuntimeKind | undefined;
  /** The engine that the workload is bound to already (`update`); absent = the first that answers. */
  readonly engine?: NonNullable<WorkloadSpec['container']>['engine'] | undefined;
  /** For what becomes a container; the defaults are filled in. */
  readonly container: ContainerOptions;
  /** Of the process that called: its working directory and environment, from which the allowed variables are captured. */
  readonly caller: { readonly cwd: string; readonly env: Readonly<Record<string, string>> };
}

export interface ResolvedLaunch {
  readonly runtime: RuntimeKind;
  readonly launch: WorkloadSpec['launch'];
  /** Exactly where the runtime is an engine. */
  readonly container?: WorkloadSpec['container'];
  /** Of the engine that was chosen, e.g. `20.10.24`; shown by `run`. */
  readonly engineVersion?: string | undefined;
  /** What the user should know about the choice or the engine, a sentence each. */
  readonly warnings?: readonly string[] | undefined;
  /** Names in `launch.env` that hold credentials. */
  readonly secretEnv: string[];
}

/**
 * Turns a source into something that can be started again and again without the network: finds the program, installs the package by
 * exact version, captures the environment. Called once, at `run` and `upgrade`.
 * @throws HF_COMMAND_NOT_FOUND, HF_COMMAND_NOT_EXECUTABLE, HF_PACKAGE_NOT_FOUND, HF_IMAGE_NOT_FOUND, HF_RUNTIME_UNAVAILABLE, HF_BAD_SPEC, HF_UNSUPPORTED; nothing is left behind
 */
export interface SourceResolver {
  resolve(request: LaunchRequest, progress: Progress, signal: AbortSignal): Promise<ResolvedLaunch>;
}
