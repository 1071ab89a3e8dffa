import type { ContainerOptions } from '../core/workload/container.ts';
import type { RestartPolicy } from '../core/workload/policy.ts';
import type { SecretReference } from '../core/workload/secret-reference.ts';
import type { RuntimeKind, Transport, WorkloadSpec } from '../core/workload/spec.ts';

/** What is said of a container; absent = the default (`run`) or as it is (`update`). */
export type ContainerWishes = { readonly [K in Exclude<keyof ContainerOptions, 'limits'>]?: ContainerOptions[K] | undefined } & {
  readonly limits?: { readonly [K in keyof ContainerOptions['limits']]?: ContainerOptions['limits'][K] | undefined } | undefined;
};

/**
 * What `run` and `update` may say about a workload. Absent = the default (`run`) or as it is (`update`).
 * Durations in ms; ranges are those of the spec.
 */
export interface WorkloadOptions {
  readonly args?: readonly string[] | undefined;
  /** Env files and -e, already merged by precedence. `update` adds them to what is there. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** `update` adds them to what is there; of one target the last counts. */
  readonly secrets?: readonly SecretReference[] | undefined;
  readonly workdir?: string | undefined;
  readonly transport?: Transport | undefined;
  readonly proxyMode?: WorkloadSpec['proxyMode'] | undefined;
  readonly proxyPort?: number | undefined;
  readonly targetPort?: number | undefined;
  /** Path of the MCP endpoint at an HTTP server. */
  readonly targetPath?: string | undefined;
  readonly host?: string | undefined;
  readonly endpointPrefix?: string | undefined;
  readonly runtime?: RuntimeKind | undefined;
  /** For a server in a container. `mounts` and `publish` replace what is there. */
  readonly container?: ContainerWishes | undefined;
  readonly group?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly restart?: { readonly [K in keyof RestartPolicy]?: RestartPolicy[K] | undefined } | undefined;
  readonly holdMs?: number | undefined;
  readonly readyTimeoutMs?: number | undefined;
  readonly requestTimeoutMs?: number | undefined;
  readonly sessionTtlMs?: number | undefined;
  readonly stopTimeoutMs?: number | undefined;
  readonly sessions?: WorkloadSpec['sessions'] | undefined;
  readonly maxSessions?: number | undefined;
  readonly repeat?: boolean | undefined;
  readonly errorLogLines?: number | undefined;
  readonly clientRefresh?: WorkloadSpec['clientRefresh'];
  readonly allowedOrigins?: readonly string[] | undefined;
}
