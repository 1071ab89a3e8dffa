import type { LogLine, LogQuery, LogReader } from '../../../core/ports/log-reader.ts';
import { readLines } from './line-reader.ts';
import type { ServerLogs } from './server-logs.ts';

/**
 * Reads what the servers of a workload wrote. Where each session has a process of its own, their logs follow one another: the one that was
 * written to last comes last, and is the one that is followed and whose last lines are shown.
 */
export function createServerLogReader(logs: ServerLogs, redact: (text: string) => string, now: () => number): LogReader {
  async function* read(workload: { readonly name: string }, query: LogQuery): AsyncGenerator<LogLine> {
    const units = await logs.units(workload.name);
    const last = units.pop() ?? logs.of(workload.name, null);
    if (query.tail === null) for (const unit of units) yield* redacted(readLines(unit, { ...query, follow: false }, now));
    yield* redacted(readLines(last, query, now));
  }

  async function* redacted(lines: AsyncIterable<LogLine>): AsyncGenerator<LogLine> {
    for await (const { at, line } of lines) yield { at, line: redact(line) };
  }

  return { read };
}
