import { spawnSync } from 'node:child_process';
import type { Benchmark } from './bench.ts';
import { startHoldfast } from './holdfast/private-holdfast.ts';
import { spread } from './measure/statistics.ts';
import { programFile } from './processes/program-file.ts';
import type { Row } from './report/row.ts';

const TIMES = 20;
const MOST_MS = 150;
const WORKLOADS = 3;

/** How long a command takes that only asks the daemon, as a person waits for it: a process from its start to its end. */
export const commandLineBenchmark: Benchmark = {
  name: 'ls',
  summary: '`holdfast ls` from a cold process',
  async run(context) {
    const holdfast = await startHoldfast(context);
    try {
      for (let count = 1; count <= WORKLOADS; count += 1)
        await holdfast.workload(`listed-${count}`, [], [process.execPath, programFile('mcp-server')]);
      const { file, args, env } = holdfast.command;
      const listing: number[] = [];
      const nothing: number[] = [];
      for (let count = 0; count < TIMES; count += 1) {
        nothing.push(timed(process.execPath, ['-e', '0'], process.env));
        listing.push(timed(file, [...args, 'ls'], env));
      }
      return { rows: [row(listing, nothing)], notes: [] };
    } finally {
      await holdfast.end();
    }
  },
};

/** Runs a program to its end. @returns ms @throws when it fails */
function timed(file: string, args: readonly string[], env: NodeJS.ProcessEnv): number {
  const began = performance.now();
  const { status, error } = spawnSync(file, args, { env, stdio: 'ignore' });
  const took = performance.now() - began;
  if (status !== 0) throw new Error(`${file} ${args.join(' ')} failed`, { cause: error });
  return took;
}

function row(listing: readonly number[], nothing: readonly number[]): Row {
  const own = spread(listing);
  const node = spread(nothing);
  return {
    benchmark: 'command line',
    what: `\`holdfast ls\`, cold process, median of ${TIMES}`,
    measured: `${own.median.toFixed(0)} ms (${own.min.toFixed(0)} to ${own.max.toFixed(0)}; \`node -e 0\` ${node.median.toFixed(0)})`,
    promise: `≤ ${MOST_MS} ms`,
    met: own.median <= MOST_MS,
    values: { medianMs: own.median, minMs: own.min, maxMs: own.max, nodeMedianMs: node.median },
  };
}
