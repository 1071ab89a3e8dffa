import { HoldfastError } from '../core/errors/holdfast-error.ts';
import type { Progress } from '../core/ports/progress.ts';
import type { Secrets } from '../core/ports/secrets.ts';
import type { LaunchRequest, SourceResolver } from '../core/ports/source-resolver.ts';
import type { Workloads, WorkloadView } from '../core/ports/workloads.ts';
import { containerDefaults } from '../core/workload/container.ts';
import { checkName, nameFromSource } from '../core/workload/names.ts';
import type { WorkloadSpec } from '../core/workload/spec.ts';
import { applyOptions, checkSpec } from './apply-options.ts';
import { checkContainer, containerWarnings } from './check-container.ts';
import { checkOptions } from './check-options.ts';
import { isProcessSource, mergeContainer, refuseContainerOptions } from './container-options.ts';
import { secretValues } from './resolve-secrets.ts';
import { looksSecret, secretLikeArguments } from './secret-like.ts';
import type { WorkloadDefaults } from './workload-defaults.ts';
import type { WorkloadOptions } from './workload-options.ts';

export interface RunOrder {
  /** Made from the source where absent. */
  readonly name?: string | undefined;
  readonly source: string;
  readonly options: WorkloadOptions;
  /** The entry of a client's file that it takes the place of. */
  readonly imported?: NonNullable<WorkloadSpec['imported']>;
  /** Remove a workload of that name first. */
  readonly replace: boolean;
  /** Working directory and environment of the process that asks. */
  readonly caller: LaunchRequest['caller'];
}

export interface RunPorts {
  readonly workloads: Workloads;
  readonly resolver: SourceResolver;
  readonly secrets: Pick<Secrets, 'get'>;
  readonly defaults: WorkloadDefaults;
  /** A new UUID. */
  readonly newId: () => string;
  readonly now: () => number;
}

export interface RunResult {
  readonly view: WorkloadView;
  /** Of the engine that was chosen, e.g. `20.10.24`; null where none was, or it is not known. */
  readonly engineVersion: string | null;
  readonly warnings: readonly string[];
}

/**
 * Makes a workload and starts it; resolves when it is ready. Everything that can be wrong is checked before a workload that is to be
 * replaced is touched; a failure leaves nothing behind.
 * @throws HF_BAD_NAME, HF_NAME_TAKEN, HF_BAD_SPEC, HF_UNSUPPORTED, HF_SECRET_UNKNOWN, whatever the resolver and `Workloads.create` throw
 */
export async function run(ports: RunPorts, order: RunOrder, progress: Progress, signal: AbortSignal): Promise<RunResult> {
  const name = checkName(order.name ?? nameFromSource(order.source));
  checkOptions(order.options);
  if (isProcessSource(order.source)) refuseContainerOptions(order.source, 'process', order.options.container);
  if (!order.replace) refuseTaken(ports.workloads, name);
  await secretValues(order.options.secrets ?? [], ports.secrets);

  const { spec, engineVersion, warnings } = await makeSpec(ports, name, order, progress, signal);
  if (ports.workloads.find(name)) {
    // Somebody may have taken the name while the source was being resolved.
    if (!order.replace) refuseTaken(ports.workloads, name);
    await ports.workloads.remove(name, progress);
  }
  const view = await ports.workloads.create(spec, progress);
  return { view, engineVersion, warnings: [...warnings, ...argumentWarnings(spec.args)] };
}

interface Made {
  readonly spec: WorkloadSpec;
  readonly engineVersion: string | null;
  readonly warnings: readonly string[];
}

async function makeSpec(ports: RunPorts, name: string, order: RunOrder, progress: Progress, signal: AbortSignal): Promise<Made> {
  const { options } = order;
  const args = options.args ?? [];
  const userEnv = options.env ?? {};
  const transport = options.transport ?? 'stdio';
  const resolved = await ports.resolver.resolve(
    {
      name,
      source: order.source,
      args,
      transport,
      targetPort: options.targetPort,
      userEnv,
      workdir: options.workdir,
      runtime: options.runtime,
      container: mergeContainer(containerDefaults, options.container),
      caller: order.caller,
    },
    progress,
    signal,
  );
  if (resolved.container === undefined) refuseContainerOptions(order.source, resolved.runtime, options.container);
  const base: WorkloadSpec = {
    ...ports.defaults,
    schema: 1,
    id: ports.newId(),
    name,
    desired: 'running',
    source: order.source,
    args: [...args],
    runtime: resolved.runtime,
    transport,
    proxyMode: 'streamable-http',
    ...(options.targetPort === undefined ? {} : { targetPort: options.targetPort }),
    launch: resolved.launch,
    ...(resolved.container ? { container: resolved.container } : {}),
    secretEnv: secretNames(resolved.secretEnv, userEnv),
    userEnv: Object.keys(userEnv).toSorted(),
    ...(order.imported === undefined ? {} : { imported: order.imported }),
    createdAt: ports.now(),
  };
  const spec = checkSpec(applyOptions(base, options));
  checkContainer(spec);
  return { spec, engineVersion: resolved.engineVersion ?? null, warnings: [...(resolved.warnings ?? []), ...containerWarnings(spec)] };
}

/** Names of variables whose values are masked: those that are known to be, and those that look like it. */
export function secretNames(known: readonly string[], userEnv: Readonly<Record<string, string>>): string[] {
  const looking = Object.entries(userEnv).filter(([name, value]) => looksSecret(name, value));
  return [...new Set([...known, ...looking.map(([name]) => name)])].toSorted();
}

/** One warning at most: where arguments look like credentials, which every user of the machine can read. */
export function argumentWarnings(args: readonly string[]): string[] {
  const found = secretLikeArguments(args);
  if (found.length === 0) return [];
  const which = found.map((index) => `${index + 1}`).join(', ');
  return [
    `Argument ${which} of the server looks like a secret, and \`ps\` shows it to everybody on this machine: pass it as a variable with --secret or -e.`,
  ];
}

function refuseTaken(workloads: Workloads, name: string): void {
  if (!workloads.find(name)) return;
  throw new HoldfastError('HF_NAME_TAKEN', {
    what: `A workload named ${JSON.stringify(name)} exists already`,
    fix: `Change it with \`holdfast update ${name}\`, replace it with \`holdfast run --replace\`, or choose another --name.`,
    data: { name },
  });
}
