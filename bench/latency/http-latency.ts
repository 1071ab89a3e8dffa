import { join } from 'node:path';
import type { BenchContext, Benchmark } from '../bench.ts';
import { type PrivateHoldfast, RESTART_NOTE, startHoldfast } from '../holdfast/private-holdfast.ts';
import { type LoadProcess, startLoadProcess } from '../load/load-process.ts';
import { programFile } from '../processes/program-file.ts';
import { message, until } from '../processes/started-processes.ts';
import type { Findings, Row } from '../report/row.ts';
import { readJournal } from '../server/journal.ts';
import { type Contestant, inTurns, type Shape, type Standing } from './contestants.ts';
import { addedLatencyRow, cpuRow, throughputRow } from './rows.ts';

const BENCHMARK = 'http server';
const LATENCY: Shape = { ask: 'call', connections: 1, warmUpMs: 300, measureMs: 700 };
const THROUGHPUT: Shape = { ask: 'call', connections: 32, warmUpMs: 300, measureMs: 1_200 };
const STREAMS: Shape = { ask: 'stream', connections: 32, warmUpMs: 300, measureMs: 700 };
const LISTS: Shape = { ask: 'list', connections: 16, warmUpMs: 300, measureMs: 700 };

/** What the gateway adds in front of an HTTP server, beside a direct connection and a bare pass-through to the same process. */
export const latencyBenchmark: Benchmark = {
  name: 'latency',
  summary: 'latency and throughput in front of an HTTP server',
  async run(context) {
    const load = await startLoadProcess(context.started);
    context.pinning.pin(load.pid, 'rest');
    const holdfast = await serveWith(context, context.options.program, 'holdfast');
    const before = context.options.against === null ? null : await serveWith(context, context.options.against, 'before');
    const bare = await startBare(context, holdfast.server.port);
    try {
      const contestants = [holdfast.server, bare, holdfast.gateway, ...(before ? [before.gateway] : [])];
      return await measure(context, load, contestants);
    } finally {
      await holdfast.program.end();
      await before?.program.end();
    }
  },
};

async function measure({ options }: BenchContext, load: LoadProcess, contestants: readonly Contestant[]): Promise<Findings> {
  const few = Math.max(1, Math.ceil(options.rounds * 0.6));
  const single = await inTurns(load, contestants, options.rounds, LATENCY);
  const many = await inTurns(load, contestants, options.rounds, THROUGHPUT);
  const streams = await inTurns(load, contestants, few, STREAMS);
  const lists = await inTurns(load, contestants, few, LISTS);
  const rows: Row[] = [];
  for (const name of contestants.slice(2).map((contestant) => contestant.name)) {
    rows.push(
      addedLatencyRow(BENCHMARK, `added latency, 1 connection, median (${name} - direct)`, single, name, 'direct', 0.3),
      throughputRow(BENCHMARK, '32 connections', many, name, 'bare', 0.9),
      throughputRow(BENCHMARK, '32 connections', many, name, 'direct', null),
      throughputRow(BENCHMARK, 'answers framed as event streams, 32 connections', streams, name, 'bare', null),
      throughputRow(BENCHMARK, 'tools/list of 10 kB, 16 connections', lists, name, 'bare', null),
      cpuRow(BENCHMARK, '32 connections', many, name, 'bare'),
    );
  }
  rows.push(addedLatencyRow(BENCHMARK, 'added latency, 1 connection, median (bare - direct)', single, 'bare', 'direct', null));
  rows.push(throughputRow(BENCHMARK, '32 connections', many, 'bare', 'direct', null));
  return { rows, notes: [RESTART_NOTE, ...wrongAnswers([single, many, streams, lists])] };
}

/** Answers that were not what was asked for would make every number above worthless. */
export function wrongAnswers(all: readonly ReadonlyMap<string, Standing>[]): string[] {
  const wrong = all.flatMap((standings) => [...standings]).filter(([, standing]) => standing.wrong > 0);
  return wrong.map(([name, standing]) => `${name} gave ${standing.wrong} WRONG answers`);
}

async function serveWith(
  context: BenchContext,
  program: string,
  name: string,
): Promise<{ program: PrivateHoldfast; gateway: Contestant; server: Contestant }> {
  const journal = join(context.folder, `${name}-http.journal`);
  const holdfast = await startHoldfast(context, program);
  const command = [process.execPath, programFile('mcp-server'), '--http', '{port}', '--journal', journal];
  const listed = await holdfast.workload('served', ['--transport', 'streamable-http'], command);
  await until('the server has booted', 10_000, () => readJournal(journal).boots.length > 0);
  const boot = readJournal(journal).boots.at(-1);
  if (!boot?.port) throw new Error('the server did not say its port');
  context.pinning.pin(boot.who, 'rest');
  context.pinning.pin(holdfast.pid, 'proxy');
  return {
    program: holdfast,
    gateway: { name, port: listed.port, path: new URL(listed.url).pathname, pid: holdfast.pid },
    server: { name: 'direct', port: boot.port, path: '/mcp', pid: boot.who },
  };
}

async function startBare(context: BenchContext, serverPort: number): Promise<Contestant> {
  const child = context.started.fork(programFile('bare-http-proxy'), [String(serverPort)]);
  const { port } = await message<{ type: 'listening'; port: number }>(child, 'listening', 10_000);
  const pid = child.pid ?? 0;
  context.pinning.pin(pid, 'proxy');
  return { name: 'bare', port, path: '/mcp', pid };
}
