import type { Ask, LoadResult } from '../load/load-order.ts';
import type { LoadProcess } from '../load/load-process.ts';
import { cpuMicros } from '../measure/process-usage.ts';
import { type Spread, spread } from '../measure/statistics.ts';

/** Something that load can be put on. */
export interface Contestant {
  readonly name: string;
  readonly port: number;
  readonly path: string;
  /** Whose CPU time counts; null = nobody's. */
  readonly pid: number | null;
}

export interface Shape {
  readonly ask: Ask;
  readonly connections: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

/** What one contestant did in all rounds. */
export interface Standing {
  readonly perSecond: readonly number[];
  /** Median latency of each round, ms. */
  readonly p50: readonly number[];
  readonly p99: readonly number[];
  /** CPU time of the contestant for each request, µs; empty where it is not known. */
  readonly cpuMicros: readonly number[];
  readonly wrong: number;
}

/** Puts the same load on each contestant in turns, round by round, so that a machine that is busy for a while is so for all of them. */
export async function inTurns(
  load: LoadProcess,
  contestants: readonly Contestant[],
  rounds: number,
  shape: Shape,
): Promise<Map<string, Standing>> {
  const results = new Map<string, { result: LoadResult; cpu: number | null }[]>(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, port, path, pid } of contestants) {
      const before = pid === null ? null : cpuMicros(pid);
      const result = await load.run({ port, path, ratePerSecond: null, ...shape });
      const after = pid === null ? null : cpuMicros(pid);
      results.get(name)?.push({ result, cpu: before === null || after === null ? null : (after - before) / result.total });
    }
  }
  return new Map([...results].map(([name, all]) => [name, standing(all)]));
}

function standing(all: readonly { result: LoadResult; cpu: number | null }[]): Standing {
  return {
    perSecond: all.map(({ result }) => result.requests / result.seconds),
    p50: all.map(({ result }) => result.latency.p50),
    p99: all.map(({ result }) => result.latency.p99),
    cpuMicros: all.map(({ cpu }) => cpu).filter((cpu) => cpu !== null),
    wrong: all.reduce((sum, { result }) => sum + result.wrong, 0),
  };
}

/** The ratios of two contestants, round by round. */
export function ratios(of: readonly number[], to: readonly number[]): Spread {
  return spread(of.map((value, round) => value / (to[round] ?? Number.NaN)));
}

/** The differences of two contestants, round by round. */
export function differences(of: readonly number[], to: readonly number[]): Spread {
  return spread(of.map((value, round) => value - (to[round] ?? Number.NaN)));
}
