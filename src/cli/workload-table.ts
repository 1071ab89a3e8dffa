import type { LastExit, Workload } from '../api/contract/workload.ts';
import { table } from './output/table.ts';
import { plainText } from './output/terminal-text.ts';
import { relativeTime } from './output/time.ts';

const HEAD = ['NAME', 'PACKAGE', 'STATUS', 'URL', 'PORT', 'GROUP', 'CREATED', 'RESTARTS', 'LAST EXIT'];
const MOST_OUTPUT = 60;

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
      String(workload.restarts),
      exitCell(workload, now),
    ]),
    paintHead,
  );
}

/** The status word, with the reason where there is one and when the next start is. */
export function statusCell({ status, reason, next_start_at: next }: Workload, now: number): string {
  const notes = [...(reason === null ? [] : [reason.code]), ...(next === null ? [] : [`next start ${relativeTime(next, now)}`])];
  return notes.length === 0 ? status : `${status} (${notes.join(', ')})`;
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
