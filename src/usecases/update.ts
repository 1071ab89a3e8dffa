import { HoldfastError } from '../core/errors/holdfast-error.ts';
import type { Progress } from '../core/ports/progress.ts';
import type { Secrets } from '../core/ports/secrets.ts';
import type { SourceResolver } from '../core/ports/source-resolver.ts';
import type { Workloads, WorkloadView } from '../core/ports/workloads.ts';
import type { WorkloadSpec } from '../core/workload/spec.ts';
import { applyOptions, checkSpec } from './apply-options.ts';
import { changeLaunch } from './change-launch.ts';
import { changedFields, concernsBackend } from './changed-fields.ts';
import { checkContainer, containerWarnings } from './check-container.ts';
import { checkOptions } from './check-options.ts';
import { refuseContainerOptions } from './container-options.ts';
import { secretValues } from './resolve-secrets.ts';
import { argumentWarnings, secretNames } from './run.ts';
import type { WorkloadOptions } from './workload-options.ts';

export interface UpdatePorts {
  readonly workloads: Workloads;
  readonly resolver: SourceResolver;
  readonly secrets: Pick<Secrets, 'get'>;
}

export interface UpdateResult {
  readonly view: WorkloadView;
  /** Fields of the spec that differ now, e.g. `launch.env`, `holdMs`; empty when nothing did. */
  readonly changed: readonly string[];
  readonly restarted: boolean;
  readonly warnings: readonly string[];
}

/**
 * Changes the spec of a workload; its id, URL and sessions stay. The server is started anew only when what runs is concerned.
 * @throws HF_WORKLOAD_UNKNOWN, HF_BAD_SPEC, HF_UNSUPPORTED, HF_SECRET_UNKNOWN, whatever the resolver and `Workloads.update` throw
 */
export async function update(
  ports: UpdatePorts,
  name: string,
  options: WorkloadOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<UpdateResult> {
  const view = ports.workloads.get(name);
  checkOptions(options);
  await secretValues(options.secrets ?? [], ports.secrets);
  if (view.spec.container === undefined) refuseContainerOptions(name, view.spec.runtime, options.container);
  if (options.runtime !== undefined && options.runtime !== view.spec.runtime) {
    throw new HoldfastError('HF_UNSUPPORTED', {
      what: `The runtime of ${name} cannot be changed`,
      why: `it is bound to ${view.spec.runtime} for good`,
      fix: 'Use `holdfast run --replace` with the new `--runtime`.',
    });
  }
  if (options.proxyPort !== undefined && options.proxyPort !== view.spec.proxyPort) {
    const why = 'it is part of the URL, and an update keeps the URL';
    throw new HoldfastError('HF_UNSUPPORTED', {
      what: `The port of ${name} cannot be changed`,
      why,
      fix: 'Use `holdfast run --replace` with the new `--proxy-port`.',
    });
  }
  const launched = await changeLaunch(view.spec, options, ports.resolver, progress, signal);
  // The spec may have changed while the source was being resolved (a `stop` sets what is desired): what was resolved is put onto the newest.
  const current = ports.workloads.get(name).spec;
  if (current.id !== view.spec.id) throw new HoldfastError('HF_CANCELLED', { what: `${name} was replaced while it was being updated` });
  const next = checkSpec(applyOptions(withLaunch(current, launched, options.env ?? {}), options));
  checkContainer(next);

  const changed = changedFields(current, next);
  if (changed.length === 0) return { view: ports.workloads.get(name), changed, restarted: false, warnings: [] };
  const restart = concernsBackend(changed);
  const updated = await ports.workloads.update(name, next, restart, progress);
  return {
    view: updated,
    changed,
    restarted: restart && next.desired === 'running',
    warnings: [...(changesEngineSide(options) ? containerWarnings(next) : []), ...(options.args ? argumentWarnings(options.args) : [])],
  };
}

/** A warning that was given at `run` is not repeated for a change of something else. */
function changesEngineSide({ container, restart }: WorkloadOptions): boolean {
  return container?.publish !== undefined || restart?.mode !== undefined;
}

function withLaunch(
  spec: WorkloadSpec,
  launched: Awaited<ReturnType<typeof changeLaunch>>,
  env: Readonly<Record<string, string>>,
): WorkloadSpec {
  return {
    ...spec,
    ...launched,
    secretEnv: secretNames([...spec.secretEnv, ...launched.secretEnv], env),
    userEnv: [...new Set([...spec.userEnv, ...Object.keys(env)])].toSorted(),
  };
}
