import type { EngineKind } from '../../test/support/engine/api.ts';
import { whyNoEngine } from '../../test/support/engine/availability.ts';
import type { PrivateEngine } from '../../test/support/engine/private-engine.ts';
import type { BenchContext, Benchmark } from '../bench.ts';
import { crashNotes, crashRows, type OwnStart, words } from '../crash/rows.ts';
import { runSeries } from '../crash/series.ts';
import { summary } from '../measure/statistics.ts';
import type { Findings } from '../report/row.ts';
import { startBenchEngine } from './bench-engine.ts';
import { containedTarget } from './contained-target.ts';
import { type OwnContainerStart, UnsupervisedContainer } from './own-start.ts';

const KINDS: readonly EngineKind[] = ['docker', 'podman'];
/** A container's restart takes some times longer than a process's. */
const SHARE_OF_KILLS = 0.4;
const NOTE =
  'the server in a container is killed past its engine (SIGKILL), which has to notice it first; beside it, under the same load, a container of the same image that nobody supervises is started and asked the same call';

/** The crash benchmark on private engines of this machine. */
export const containersBenchmark: Benchmark = {
  name: 'containers',
  summary: 'servers in containers of Docker and Podman are killed again and again under load',
  run: (context) => onEachEngine(context, 'containers', [NOTE], killAll),
};

/** Runs a benchmark on each kind of engine that this machine can run; says so where it cannot. */
export async function onEachEngine(
  context: BenchContext,
  name: string,
  notes: readonly string[],
  measure: (context: BenchContext, engine: PrivateEngine) => Promise<Findings>,
): Promise<Findings> {
  const found: Findings[] = [];
  for (const kind of KINDS) {
    const reason = whyNoEngine(kind);
    if (reason !== null) {
      context.progress(`${name}: skipped on ${kind}: ${reason}`);
      found.push({ rows: [], notes: [`skipped on ${kind}: ${reason}`] });
      continue;
    }
    context.progress(`${name}: starting ${kind}`);
    const engine = await startBenchEngine(kind);
    try {
      found.push(await measure(context, engine));
    } finally {
      await engine.end();
    }
  }
  return { rows: found.flatMap(({ rows }) => rows), notes: [...notes, ...found.flatMap((each) => each.notes)] };
}

async function killAll(context: BenchContext, engine: PrivateEngine): Promise<Findings> {
  const stdio = await killBehind(context, engine, 'stdio');
  const http = await killBehind(context, engine, 'http');
  return { rows: [...stdio.rows, ...http.rows], notes: [...stdio.notes, ...http.notes] };
}

async function killBehind(context: BenchContext, engine: PrivateEngine, transport: 'stdio' | 'http'): Promise<Findings> {
  const target = await containedTarget(context, engine, transport, Math.ceil(context.options.kills * SHARE_OF_KILLS));
  try {
    const alone = await UnsupervisedContainer.create(engine, transport);
    const starts: OwnContainerStart[] = [];
    const series = await runSeries(target, context.progress, async () => {
      starts.push(await alone.measure());
    });
    await alone.remove();
    return { rows: crashRows(target, series, ownStart(starts)), notes: crashNotes(target, series) };
  } finally {
    await target.end();
  }
}

function ownStart(starts: readonly OwnContainerStart[]): OwnStart {
  const engine = summary(starts.map((start) => start.engine));
  const boot = summary(starts.map((start) => start.boot));
  return {
    time: summary(starts.map((start) => start.engine + start.boot)),
    name: "engine's start + boot",
    words: `engine's start ${words(engine)}, boot after it ${words(boot)}`,
  };
}
