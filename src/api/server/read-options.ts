import type { WorkloadOptions } from '../../usecases/workload-options.ts';
import type { WorkloadOptionsRequest } from '../contract/run-request.ts';
import { readContainer } from './read-container.ts';

/** The options of a request in the words of the use cases. */
export function readOptions(request: WorkloadOptionsRequest): WorkloadOptions {
  const { restart } = request;
  return {
    args: request.args,
    env: request.env,
    secrets: request.secrets,
    workdir: request.workdir,
    transport: request.transport,
    proxyMode: request.proxy_mode,
    proxyPort: request.proxy_port,
    targetPort: request.target_port,
    targetPath: request.target_path,
    host: request.host,
    endpointPrefix: request.endpoint_prefix,
    runtime: request.runtime,
    container: request.container && readContainer(request.container),
    group: request.group,
    labels: request.labels,
    restart: restart && {
      mode: restart.mode,
      stableMs: restart.stable_ms,
      immediate: restart.immediate && { count: restart.immediate.count, windowMs: restart.immediate.window_ms },
      delaysMs: restart.delays_ms,
      jitter: restart.jitter,
      attempts: restart.attempts,
    },
    holdMs: request.hold_ms,
    readyTimeoutMs: request.ready_timeout_ms,
    requestTimeoutMs: request.request_timeout_ms,
    sessionTtlMs: request.session_ttl_ms,
    stopTimeoutMs: request.stop_timeout_ms,
    sessions: request.sessions,
    maxSessions: request.max_sessions,
    repeat: request.repeat,
    errorLogLines: request.error_log_lines,
    clientRefresh: request.client_refresh,
    allowedOrigins: request.allowed_origins,
  };
}
