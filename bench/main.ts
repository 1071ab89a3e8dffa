/** Measures what Holdfast promises about speed, and prints one table. `npm run bench -- --help` */

import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchContext, Benchmark } from './bench.ts';
import { commandLineBenchmark } from './command-line.ts';
import { containersBenchmark } from './containers/containers-benchmark.ts';
import { engineRestartBenchmark } from './containers/engine-restart.ts';
import { crashBenchmark } from './crash/crash-benchmark.ts';
import { latencyBenchmark } from './latency/http-latency.ts';
import { stdioBenchmark } from './latency/stdio-throughput.ts';
import { createPinning } from './measure/pinning.ts';
import { HELP, type Options, readOptions } from './options.ts';
import { StartedProcesses } from './processes/started-processes.ts';
import type { Row } from './report/row.ts';
import { table } from './report/table.ts';
import { scaleBenchmark } from './scale/scale-benchmark.ts';

const BENCHMARKS: readonly Benchmark[] = [
  latencyBenchmark,
  stdioBenchmark,
  crashBenchmark,
  containersBenchmark,
  scaleBenchmark,
  engineRestartBenchmark,
  commandLineBenchmark,
];

process.exitCode = await main();

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), fileURLToPath(new URL('../bin', import.meta.url)));
  if (options.help) {
    process.stdout.write(`${HELP}\n`);
    return 0;
  }
  const unknown = options.only.filter((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name));
  if (unknown.length > 0) throw new TypeError(`no such benchmark: ${unknown.join(', ')}`);
  const originalEnv = { ...process.env };
  // Node reads such a file at its start, which can take longer than all the rest of it; no program here speaks TLS.
  delete process.env['NODE_EXTRA_CA_CERTS'];
  const started = new StartedProcesses();
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
  const interrupted = new Promise<never>((_resolve, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => reject(new Error(`interrupted by ${signal}`)));
  });
  const context: BenchContext = {
    options,
    started,
    folder,
    originalEnv,
    pinning: createPinning(options.pin),
    progress: (text) => void process.stderr.write(`${text}\n`),
  };
  try {
    return await Promise.race([runAll(context), interrupted]);
  } finally {
    await started.endAll();
    await rm(folder, { recursive: true, force: true });
  }
}

async function runAll(context: BenchContext): Promise<number> {
  const { options } = context;
  const rows: Row[] = [];
  /** What was noted, and by which benchmarks. */
  const noted = new Map<string, string[]>();
  for (const benchmark of BENCHMARKS) {
    if (options.only.length > 0 && !options.only.includes(benchmark.name)) continue;
    context.progress(`${benchmark.name}: ${benchmark.summary}`);
    const began = performance.now();
    const findings = await benchmark.run(context);
    rows.push(...findings.rows);
    for (const note of findings.notes) noted.set(note, [...(noted.get(note) ?? []), benchmark.name]);
    context.progress(`${benchmark.name}: took ${Math.round((performance.now() - began) / 1_000)} s`);
  }
  const notes = [...noted].map(([note, names]) => `${names.join(', ')}: ${note}`);
  print(options, rows, [machine(), context.pinning.words, ...notes]);
  return options.strict && rows.some(({ met }) => met === false) ? 1 : 0;
}

function machine(): string {
  const { platform, version } = process;
  return `${availableParallelism()}-core ${platform === 'linux' ? 'Linux' : platform}, Node ${version.slice(1)}`;
}

function print(options: Options, rows: readonly Row[], notes: readonly string[]): void {
  if (options.json) process.stdout.write(`${JSON.stringify({ rows, notes }, null, 2)}\n`);
  else process.stdout.write(`\n${table(rows)}\n\n${notes.map((note) => `- ${note}`).join('\n')}\n`);
}
