import type { BenchContext, Benchmark } from '../bench.ts';
import { type Listed, type PrivateHoldfast, RESTART_NOTE, startHoldfast } from '../holdfast/private-holdfast.ts';
import { startLoadProcess } from '../load/load-process.ts';
import { cpuMicros } from '../measure/process-usage.ts';
import { programFile } from '../processes/program-file.ts';
import type { Findings, Row } from '../report/row.ts';
import { short } from '../report/row.ts';
import { restartRows } from './restart-storm.ts';
import { sessionRow } from './session-memory.ts';
import { settle, settledBytes } from './settle.ts';

const WORKLOADS = 50;
/** So many `run` commands at a time. */
const AT_ONCE = 4;
const IDLE_SECONDS = 20;
const MOST_BYTES = 2_000_000;
const MOST_CPU = 0.005;

/** What many workloads and many sessions cost, and what their restarts do to a workload that is well. */
export const scaleBenchmark: Benchmark = {
  name: 'scale',
  summary: `memory, idle CPU and latency with ${WORKLOADS} workloads; memory of idle sessions`,
  async run(context) {
    const rows = [...(await manyWorkloads(context)), await sessionRow(context)];
    return { rows, notes: [RESTART_NOTE, NOTE] } satisfies Findings;
  },
};

const NOTE = 'memory is the least resident size of the daemon in the last five seconds of a pause, after minus before';

async function manyWorkloads(context: BenchContext): Promise<Row[]> {
  const { progress, started } = context;
  const holdfast = await startHoldfast(context);
  try {
    const empty = await settledBytes(holdfast.pid);
    progress(`scale: starting ${WORKLOADS} workloads`);
    const servers = await startAll(holdfast);
    const full = await settledBytes(holdfast.pid);
    const idle = await idleCpu(holdfast.pid);
    progress('scale: restarting them all at once');
    const load = await startLoadProcess(started);
    const steady = await holdfast.workload('steady', [], server());
    return [memoryRow(empty, full), idleRow(idle), ...(await restartRows(holdfast, load, steady, servers))];
  } finally {
    await holdfast.end();
  }
}

const server = (): string[] => [process.execPath, programFile('mcp-server')];

async function startAll(holdfast: PrivateHoldfast): Promise<Listed[]> {
  const names = Array.from({ length: WORKLOADS }, (_, index) => `many-${index + 1}`);
  const listed: Listed[] = [];
  const lane = async (): Promise<void> => {
    for (let name = names.pop(); name !== undefined; name = names.pop()) listed.push(await holdfast.workload(name, [], server()));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return listed;
}

/** Share of one core that the daemon uses while nothing happens. */
async function idleCpu(pid: number): Promise<number | null> {
  const before = cpuMicros(pid);
  const began = performance.now();
  await settle(IDLE_SECONDS * 1_000);
  const after = cpuMicros(pid);
  return before === null || after === null ? null : (after - before) / ((performance.now() - began) * 1_000);
}

function memoryRow(empty: number | null, full: number | null): Row {
  const each = empty === null || full === null ? null : (full - empty) / WORKLOADS;
  return {
    benchmark: `${WORKLOADS} workloads`,
    what: 'memory of the daemon for each idle stdio workload',
    measured:
      each === null
        ? 'not known on this system'
        : `${short(each / 1e6)} MB (${short((full ?? 0) / 1e6)} MB with, ${short((empty ?? 0) / 1e6)} without)`,
    promise: '≤ 2 MB',
    met: each === null ? null : each <= MOST_BYTES,
    values: { bytesEach: each, emptyBytes: empty, fullBytes: full },
  };
}

function idleRow(share: number | null): Row {
  return {
    benchmark: `${WORKLOADS} workloads`,
    what: `CPU of the daemon while all are idle, ${IDLE_SECONDS} s`,
    measured: share === null ? 'not known on this system' : `${(share * 100).toFixed(2)} % of a core`,
    promise: '≤ 0.5 %',
    met: share === null ? null : share <= MOST_CPU,
    values: { share },
  };
}
