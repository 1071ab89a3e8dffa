import { HoldfastError } from '../core/errors/holdfast-error.ts';
import type { RestartPolicy } from '../core/workload/policy.ts';
import { mergeSecrets } from '../core/workload/secret-reference.ts';
import { specSchema, type WorkloadSpec } from '../core/workload/spec.ts';
import type { WorkloadOptions } from './workload-options.ts';

/** `undefined` leaves a field as it is. */
function said<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** The spec with what the options say about everything but the launch (arguments, environment, folder, runtime). Pure; not yet validated. */
export function applyOptions(spec: WorkloadSpec, options: WorkloadOptions): WorkloadSpec {
  const restart: RestartPolicy = { ...spec.restart, ...said(options.restart ?? {}) };
  return {
    ...spec,
    ...said({
      proxyMode: options.proxyMode,
      proxyPort: options.proxyPort,
      sessions: options.sessions,
      maxSessions: options.maxSessions,
      holdMs: options.holdMs,
      readyTimeoutMs: options.readyTimeoutMs,
      requestTimeoutMs: options.requestTimeoutMs,
      sessionTtlMs: options.sessionTtlMs,
      stopTimeoutMs: options.stopTimeoutMs,
      repeat: options.repeat,
      errorLogLines: options.errorLogLines,
      clientRefresh: options.clientRefresh,
      group: options.group,
    }),
    restart: { ...restart, immediate: { ...restart.immediate }, delaysMs: [...restart.delaysMs] },
    labels: { ...spec.labels, ...options.labels },
    allowedOrigins: options.allowedOrigins === undefined ? spec.allowedOrigins : [...options.allowedOrigins],
    ...(options.secrets === undefined ? {} : { secrets: mergeSecrets(spec.secrets ?? [], options.secrets) }),
    launch: options.targetPath === undefined ? spec.launch : { ...spec.launch, path: options.targetPath },
  };
}

/** @throws HF_BAD_SPEC that names the field */
export function checkSpec(spec: WorkloadSpec): WorkloadSpec {
  const parsed = specSchema.safeParse(spec);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue === undefined ? 'spec' : issue.path.join('.');
  throw new HoldfastError('HF_BAD_SPEC', {
    what: `The value of ${field || 'spec'} is not allowed`,
    ...(issue === undefined ? {} : { why: issue.message }),
    data: { field },
  });
}
