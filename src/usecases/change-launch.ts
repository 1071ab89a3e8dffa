import type { Progress } from '../core/ports/progress.ts';
import type { SourceResolver } from '../core/ports/source-resolver.ts';
import { containerDefaults } from '../core/workload/container.ts';
import { endpointPaths } from '../core/workload/endpoint-path.ts';
import type { WorkloadSpec } from '../core/workload/spec.ts';
import { mergeContainer } from './container-options.ts';
import type { WorkloadOptions } from './workload-options.ts';

/** Set by Holdfast after everything that the user gave (`cli.md`, environment precedence). */
const TRANSPORT_VARIABLES = ['MCP_TRANSPORT', 'MCP_PORT', 'MCP_HOST', 'FASTMCP_PORT'];

/** The part of a spec that says what is started. */
export type Launched = Pick<WorkloadSpec, 'args' | 'transport' | 'runtime' | 'launch' | 'targetPort' | 'container'> & {
  readonly secretEnv: string[];
};

/**
 * What `update` makes of the launch. New arguments, variables and folders are put in place without asking the resolver, so that an
 * update never installs or upgrades anything; where the transport or the port changes, the resolver is asked again, with the package
 * pinned to the version that runs and with the environment that was captured at `run`. What runs in a container stays bound to its image
 * and its engine, and how it is spoken to is settled at each start: there the resolver is never asked.
 */
export async function changeLaunch(
  spec: WorkloadSpec,
  options: WorkloadOptions,
  resolver: SourceResolver,
  progress: Progress,
  signal: AbortSignal,
): Promise<Launched> {
  const args = options.args ?? spec.args;
  const transport = options.transport ?? spec.transport;
  const targetPort = options.targetPort ?? spec.targetPort;
  const ports = targetPort === undefined ? {} : { targetPort };
  const env = options.env ?? {};

  if (spec.container !== undefined) {
    const container = mergeContainer(spec.container, options.container);
    const launch = {
      ...spec.launch,
      args: [...args],
      cwd: options.workdir ?? spec.launch.cwd,
      env: mergeEnv(spec.launch.env, env),
      path: transport === spec.transport ? spec.launch.path : endpointPaths[transport],
    };
    return { args: [...args], transport, runtime: spec.runtime, launch, container, secretEnv: [], ...ports };
  }
  const placed = placeArguments(spec, args);
  if (transport === spec.transport && targetPort === spec.targetPort && placed !== null) {
    const launch = { ...spec.launch, args: placed, cwd: options.workdir ?? spec.launch.cwd, env: mergeEnv(spec.launch.env, env) };
    return { args: [...args], transport, runtime: spec.runtime, launch, secretEnv: [], ...ports };
  }
  const resolved = await resolver.resolve(
    {
      name: spec.name,
      source: pinnedSource(spec),
      args,
      transport,
      targetPort,
      userEnv: { ...givenEnv(spec), ...env },
      workdir: options.workdir ?? spec.launch.cwd,
      runtime: spec.runtime,
      container: containerDefaults,
      caller: { cwd: spec.launch.cwd, env: capturedEnv(spec) },
    },
    progress,
    signal,
  );
  return { args: [...args], transport, runtime: resolved.runtime, launch: resolved.launch, secretEnv: resolved.secretEnv, ...ports };
}

/** `launch.args` with the user's arguments exchanged; null when they cannot be found at its end. */
function placeArguments(spec: WorkloadSpec, args: readonly string[]): string[] | null {
  const all = spec.launch.args;
  const start = all.length - spec.args.length;
  if (start < 0 || spec.args.some((arg, index) => all[start + index] !== arg)) return args === spec.args ? [...all] : null;
  return [...all.slice(0, start), ...args];
}

function mergeEnv(before: Readonly<Record<string, string>>, change: Readonly<Record<string, string>>): Record<string, string> {
  const merged = { ...before, ...change };
  for (const name of TRANSPORT_VARIABLES) {
    const own = before[name];
    if (own !== undefined) merged[name] = own;
  }
  return merged;
}

/** `npx://name@1.2.3` whatever was typed at `run`. */
function pinnedSource(spec: WorkloadSpec): string {
  const { package: installed } = spec.launch;
  return installed === undefined ? spec.source : `${installed.manager}://${installed.name}@${installed.version}`;
}

function givenEnv(spec: WorkloadSpec): Record<string, string> {
  const given = new Set(spec.userEnv);
  return Object.fromEntries(Object.entries(spec.launch.env).filter(([name]) => given.has(name) && !TRANSPORT_VARIABLES.includes(name)));
}

function capturedEnv(spec: WorkloadSpec): Record<string, string> {
  const given = new Set([...spec.userEnv, ...TRANSPORT_VARIABLES]);
  return Object.fromEntries(Object.entries(spec.launch.env).filter(([name]) => !given.has(name)));
}
