import type { BenchContext, Benchmark } from '../bench.ts';
import { type PrivateHoldfast, startHoldfast } from '../holdfast/private-holdfast.ts';
import { startLoadProcess } from '../load/load-process.ts';
import { programFile } from '../processes/program-file.ts';
import { message } from '../processes/started-processes.ts';
import type { Row } from '../report/row.ts';
import { type Contestant, inTurns, type Shape } from './contestants.ts';
import { wrongAnswers } from './http-latency.ts';
import { addedLatencyRow, cpuRow, throughputRow } from './rows.ts';

const BENCHMARK = 'stdio server';
const SINGLE: Shape = { ask: 'call', connections: 1, warmUpMs: 300, measureMs: 700 };
const MANY: Shape = { ask: 'call', connections: 32, warmUpMs: 300, measureMs: 1_200 };
const LISTS: Shape = { ask: 'list', connections: 16, warmUpMs: 300, measureMs: 700 };

const SERVER = (): string[] => [process.execPath, programFile('mcp-server')];

/** The gateway in front of one stdio process for all clients, beside a bare bridge and one made of the official SDK's transports. */
export const stdioBenchmark: Benchmark = {
  name: 'stdio',
  summary: 'latency and throughput in front of a stdio server',
  async run(context) {
    const load = await startLoadProcess(context.started);
    context.pinning.pin(load.pid, 'rest');
    const programs: PrivateHoldfast[] = [];
    const holdfasts: Contestant[] = [];
    const builds = [['holdfast', context.options.program] as const, ['before', context.options.against] as const];
    try {
      for (const [name, folder] of builds) {
        if (folder === null) continue;
        const program = await startHoldfast(context, folder);
        programs.push(program);
        holdfasts.push(await serve(context, program, name));
      }
      const bare = await startBridge(context, 'bare', 'bare-stdio-bridge');
      const sdk = await startBridge(context, 'sdk', 'sdk-stdio-bridge');
      const { rounds } = context.options;
      const few = Math.max(1, Math.ceil(rounds * 0.6));
      const single = await inTurns(load, [bare, ...holdfasts, sdk], rounds, SINGLE);
      const many = await inTurns(load, [bare, ...holdfasts, sdk], rounds, MANY);
      const lists = await inTurns(load, [bare, ...holdfasts, sdk], few, LISTS);
      const rows: Row[] = holdfasts.flatMap(({ name }) => [
        throughputRow(BENCHMARK, '32 connections', many, name, 'bare', 0.85),
        throughputRow(BENCHMARK, '32 connections', many, name, 'sdk', 5),
        addedLatencyRow(BENCHMARK, `latency, 1 connection, median (${name} - bare bridge)`, single, name, 'bare', null),
        throughputRow(BENCHMARK, 'tools/list of 10 kB, 16 connections', lists, name, 'bare', null),
        cpuRow(BENCHMARK, '32 connections', many, name, 'bare'),
      ]);
      rows.push(cpuRow(BENCHMARK, '32 connections', many, 'sdk', 'bare'));
      return { rows, notes: wrongAnswers([single, many, lists]) };
    } finally {
      for (const program of programs) await program.end();
    }
  },
};

async function serve(context: BenchContext, holdfast: PrivateHoldfast, name: string): Promise<Contestant> {
  const listed = await holdfast.workload('served', [], SERVER());
  context.pinning.pin(listed.pid, 'rest');
  context.pinning.pin(holdfast.pid, 'proxy');
  return { name, port: listed.port, path: new URL(listed.url).pathname, pid: holdfast.pid };
}

async function startBridge(context: BenchContext, name: string, program: string): Promise<Contestant> {
  const child = context.started.fork(programFile(program), SERVER());
  const { port, serverPid } = await message<{ type: 'listening'; port: number; serverPid: number }>(child, 'listening', 10_000);
  const pid = child.pid ?? 0;
  context.pinning.pin(pid, 'proxy');
  context.pinning.pin(serverPid, 'rest');
  return { name, port, path: '/mcp', pid };
}
