import type { LastExit, Workload } from '../api/contract/workload.ts';
import { shortId } from './container-facts.ts';
import { table } from './output/table.ts';
import { plainText } from './output/terminal-text.ts';
import { relativeTime } from './output/time.ts';

const HEAD = ['NAME', 'PACKAGE', 'STATUS', 'URL', 'PORT', 'GROUP', 'CREATED', 'RUNTIME', 'RESTARTS', 'LAST EXIT'];
const MOST_OUTPUT = 60;
const UNAVAILABLE = 'runtime unavailable';

/** `holdfast ls` for people. @param now ms since the epoch */
export function workloadTable(workloads: readonly Workload[], now: number, paintHead: (text: string) => string): string {
  return table(
    HEAD,
    workloads.map((workload) => [
      workload.name,
      plainText(workload.package),
      statusCell(workload, now),
      workload.url || '-',
      workload.port === 0 ? '-' : String(workload.port),
      workload.group,
      relativeTime(workload.created_at, now),
      runtimeCell(workload),
      String(workload.restarts),
      exitCell(workload, now),
    ]),
    paintHead,
  );
}

/** Reasons in the words that people use; every other one is told by its code, which the documentation explains. */
const REASONS: Readonly<Record<string, string>> = {
  HF_RUNTIME_UNAVAILABLE: UNAVAILABLE,
  'runtime-unavailable': UNAVAILABLE,
  'removed-outside': 'removed by somebody else',
  'stopped-outside': 'stopped by somebody else',
};

/** The status word, with the reason where there is one and when the next start is. */
export function statusCell({ status, reason, next_start_at: next }: Workload, now: number): string {
  const why = reason === null ? null : (REASONS[reason.code] ?? reason.code);
  // While its engine is away, what is due is a look at the engine, not a start.
  const start = next === null || why === UNAVAILABLE ? [] : [`next start ${relativeTime(next, now)}`];
  const notes = [...(why === null ? [] : [why]), ...start];
  return notes.length === 0 ? status : `${status} (${notes.join(', ')})`;
}

/** `process`, `docker 0123456789ab`. */
function runtimeCell({ runtime, container }: Workload): string {
  return container?.id ? `${runtime} ${shortId(container.id)}` : runtime;
}

/** How and when the last incarnation ended; with the end of its log while the workload is not well. */
function exitCell({ last_exit: exit, status }: Workload, now: number): string {
  if (exit === null) return '-';
  const output = status === 'running' || status === 'stopped' ? '' : lastWords(exit);
  return `${exit.summary}, ${relativeTime(exit.ended_at, now)}${output === '' ? '' : `: ${output}`}`;
}

function lastWords({ last_lines: lines }: LastExit): string {
  const line = lines.findLast((text) => text.trim() !== '') ?? '';
  const text = plainText(line.trim()).replaceAll('\n', ' ');
  return text.length > MOST_OUTPUT ? `${text.slice(0, MOST_OUTPUT - 1)}…` : text;
}
