import type { DaemonStatus } from '../contract/daemon.ts';
import { apiVersion, version } from '../contract/version.ts';
import type { ApiDeps } from './deps.ts';
import { isoTime } from './present-workload.ts';

/** How the daemon is, for `holdfast daemon status`. */
export function daemonStatus({ daemon, workloads }: ApiDeps, socket: string): DaemonStatus {
  const views = workloads.list();
  return {
    version,
    api: apiVersion,
    pid: process.pid,
    started_at: isoTime(daemon.startedAt),
    home: daemon.home,
    socket,
    log: daemon.logFile,
    gateway: daemon.gateway(),
    set_aside: daemon.setAside.map(({ file, why }) => ({ file, why })),
    workloads: { total: views.length, running: views.filter(({ status }) => status.lifecycle === 'running').length },
    memory_bytes: process.memoryUsage.rss(),
  };
}
