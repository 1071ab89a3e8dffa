import { type Summary, summary } from '../measure/statistics.ts';
import { type Row, short } from '../report/row.ts';
import type { Kill } from './call.ts';
import type { Series } from './series.ts';
import type { Target } from './target.ts';

/** How long a server needs by itself, from its start to its answer to the same call. */
export interface OwnStart {
  readonly time: Summary;
  /** What the promise names it. */
  readonly name: string;
  /** How it is put in the table. */
  readonly words: string;
}

/** The report on one target. */
export function crashRows(target: Target, series: Series, own: OwnStart): Row[] {
  const { kills, tally } = series;
  const row = (what: string, measured: string, values: Row['values'], promise: string | null = null, met = false): Row => {
    const isPromised = promise !== null && target.promises !== null;
    return { benchmark: target.name, what, measured, promise: isPromised ? promise : null, met: isPromised ? met : null, values };
  };
  const none = (what: string, count: number, of = ''): Row => row(what, `${count}${of}`, { count }, '0', count === 0);
  return [
    timeRow(row, 'kill → the proxy knows', detections(kills), kills.length, target.promises?.detectionMs ?? null),
    recoveryRow(row, kills, own, target.promises?.slackMs ?? 0),
    timeRow(row, 'kill → a client that connects anew is answered', newClients(kills), kills.length),
    none('safe calls failed', tally.safeFailed, ` of ${tally.safe}`),
    none('calls failed that were sent after detection', tally.lateFailed),
    row('unsafe calls caught by a crash, each with its error', String(tally.caughtFailed), { count: tally.caughtFailed }),
    none('calls without an answer', tally.hung, ` of ${tally.calls}`),
    none('unsafe calls executed twice', tally.duplicated),
    none('answers or errors that were wrong', tally.foreign + tally.wronglyDenied + tally.moreThanTwice),
    none('sessions lost', tally.lostSessions, ` (4 clients, ${kills.length} kills)`),
  ].filter((made) => made !== null);
}

/** What the counts do not say. */
export function crashNotes({ name, kills: wanted }: Target, { tally, kills }: Series): string[] {
  const errors = tally.errors.slice(0, 3).map(([text, count]) => `${count} × ${JSON.stringify(text.slice(0, 140))}`);
  const repeated = `${tally.repeated} safe calls were executed twice, which is what repeating means`;
  const said = `${tally.answered} of ${tally.calls} calls answered; ${repeated}${errors.length > 0 ? `; errors: ${errors.join(', ')}` : ''}`;
  const ended = kills.length < wanted ? [`${name}: after ${kills.length} kills no server ran behind it any more`] : [];
  return [...ended, `${name}: ${said}`];
}

type MakeRow = (what: string, measured: string, values: Row['values'], promise?: string | null, met?: boolean) => Row;

function timeRow(row: MakeRow, what: string, times: readonly number[], of: number, most: number | null = null): Row | null {
  if (times.length === 0) return null;
  const { p50, p95, max } = summary(times);
  const some = times.length < of ? ` (${times.length} of ${of} kills)` : '';
  const promise = most === null ? null : `≤ ${most} ms`;
  const met = most !== null && times.length === of && p50 <= most;
  return row(what, `${words({ p50, p95, max })}${some}`, { p50Ms: p50, p95Ms: p95, maxMs: max, count: times.length }, promise, met);
}

function recoveryRow(row: MakeRow, kills: readonly Kill[], own: OwnStart, slackMs: number): Row {
  const times = kills.map(({ at, recoveredAt }) => (recoveredAt === null ? null : recoveredAt - at)).filter((time) => time !== null);
  const { p50, p95, max } = summary(times);
  const promise = `≤ ${own.name} + ${slackMs} ms`;
  const measured = times.length === 0 ? 'never' : `${words({ p50, p95, max })}, ${times.length} of ${kills.length} kills`;
  const over = p50 - own.time.p50;
  const met = times.length === kills.length && over <= slackMs;
  const values = {
    p50Ms: p50,
    p95Ms: p95,
    maxMs: max,
    recovered: times.length,
    bootP50Ms: own.time.p50,
    bootP95Ms: own.time.p95,
    overBootMs: over,
  };
  return row('kill → next call answered on its session', `${measured}; ${own.words}`, values, promise, met);
}

const detections = (kills: readonly Kill[]): number[] =>
  kills.flatMap(({ at, detectedAt }) => (detectedAt === null ? [] : [Math.max(0, detectedAt - at)]));

const newClients = (kills: readonly Kill[]): number[] =>
  kills.flatMap(({ at, newClientAt }) => (newClientAt === null ? [] : [newClientAt - at]));

/** Times in a table. */
export function words({ p50, p95, max }: Pick<Summary, 'p50' | 'p95' | 'max'>): string {
  return `p50 ${short(p50)}, p95 ${short(p95)}, max ${short(max)} ms`;
}
