import type { LogLine, LogQuery, LogReader } from '../core/ports/log-reader.ts';
import type { Workloads } from '../core/ports/workloads.ts';

export interface LogPorts {
  readonly workloads: Workloads;
  /** What servers wrote. */
  readonly serverLogs: LogReader;
  /** What the daemon wrote about a workload. */
  readonly daemonLogs: LogReader;
}

/** Lines of a workload's log, oldest first. Following ends when the workload is removed. @throws HF_WORKLOAD_UNKNOWN, before the first line */
export function logs(ports: LogPorts, name: string, of: 'server' | 'daemon', query: LogQuery): AsyncIterable<LogLine> {
  const { id } = ports.workloads.get(name).spec;
  const reader = of === 'server' ? ports.serverLogs : ports.daemonLogs;
  if (!query.follow) return reader.read({ id, name }, query);
  return follow(ports.workloads, reader, { id, name }, query);
}

async function* follow(
  workloads: Workloads,
  reader: LogReader,
  workload: { id: string; name: string },
  query: LogQuery,
): AsyncGenerator<LogLine> {
  const removed = new AbortController();
  const unwatch = workloads.watch((name, view) => {
    if (name === workload.name && view?.spec.id !== workload.id) removed.abort();
  });
  try {
    yield* reader.read(workload, { ...query, signal: AbortSignal.any([query.signal, removed.signal]) });
  } finally {
    unwatch();
  }
}
