import { median } from '../measure/statistics.ts';
import { type Row, short } from '../report/row.ts';
import { differences, ratios, type Standing } from './contestants.ts';

type Standings = ReadonlyMap<string, Standing>;

/** How much later an answer comes than from `to`, median of the rounds, ms. */
export function addedLatencyRow(
  benchmark: string,
  what: string,
  standings: Standings,
  of: string,
  to: string,
  promisedMs: number | null,
): Row {
  const [mine, other] = both(standings, of, to);
  const added = differences(mine.p50, other.p50);
  return {
    benchmark,
    what,
    measured: `${added.median.toFixed(3)} ms (${added.min.toFixed(3)} to ${added.max.toFixed(3)}; ${of} ${median(mine.p50).toFixed(3)}, ${to} ${median(other.p50).toFixed(3)})`,
    promise: promisedMs === null ? null : `≤ ${promisedMs} ms`,
    met: promisedMs === null ? null : added.median <= promisedMs,
    values: { addedMs: added.median, minMs: added.min, maxMs: added.max, ownMs: median(mine.p50), otherMs: median(other.p50) },
  };
}

/** Requests per second as a share of `to`'s, taken round by round. */
export function throughputRow(benchmark: string, what: string, standings: Standings, of: string, to: string, promised: number | null): Row {
  const [mine, other] = both(standings, of, to);
  const ratio = ratios(mine.perSecond, other.perSecond);
  return {
    benchmark,
    what: `throughput, ${what} (${of} : ${to})`,
    measured: `${ratio.median.toFixed(2)} (${ratio.min.toFixed(2)} to ${ratio.max.toFixed(2)}; ${short(median(mine.perSecond))} and ${short(median(other.perSecond))} a second)`,
    promise: promised === null ? null : `≥ ${promised.toFixed(2)}`,
    met: promised === null ? null : ratio.median >= promised,
    values: {
      ratio: ratio.median,
      min: ratio.min,
      max: ratio.max,
      ownPerSecond: median(mine.perSecond),
      otherPerSecond: median(other.perSecond),
    },
  };
}

/** CPU time of the proxy process for one request. */
export function cpuRow(benchmark: string, what: string, standings: Standings, of: string, to: string): Row {
  const [mine, other] = both(standings, of, to);
  const own = median(mine.cpuMicros);
  const its = median(other.cpuMicros);
  return {
    benchmark,
    what: `CPU of the proxy, ${what} (${of}, ${to})`,
    measured: Number.isNaN(own) ? 'not known on this system' : `${short(own)} and ${short(its)} µs a request`,
    promise: null,
    met: null,
    values: { ownMicros: own, otherMicros: its },
  };
}

function both(standings: Standings, of: string, to: string): [Standing, Standing] {
  const mine = standings.get(of);
  const other = standings.get(to);
  if (!mine || !other) throw new Error(`nothing was measured of ${mine ? to : of}`);
  return [mine, other];
}
