import { programFile } from '../processes/program-file.ts';
import { message, type StartedProcesses } from '../processes/started-processes.ts';
import type { LoadOrder, LoadOver, LoadResult } from './load-order.ts';

/** Time for sessions to open and close beside what is measured, ms. */
const SLACK_MS = 45_000;

/** The load generator, seen from the process that gives the orders. */
export interface LoadProcess {
  readonly pid: number;
  /** One order at a time. @throws when a session could not be opened or a connection broke */
  run(order: Omit<LoadOrder, 'type'>): Promise<LoadResult>;
}

export async function startLoadProcess(started: StartedProcesses): Promise<LoadProcess> {
  const child = started.fork(programFile('load-generator'));
  await message<{ type: 'ready' }>(child, 'ready', 10_000);
  return {
    pid: child.pid ?? 0,
    async run(order) {
      const over = message<LoadOver>(child, 'load-over', order.warmUpMs + order.measureMs + SLACK_MS);
      child.send({ type: 'load', ...order });
      const { result, why } = await over;
      if (result === null) throw new Error(`the load on port ${order.port} failed: ${why ?? 'for no reason'}`);
      return result;
    },
  };
}
