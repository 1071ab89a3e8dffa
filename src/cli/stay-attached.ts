import type { ApiClient } from '../api/connect/client.ts';
import type { HoldfastEvent, LogLine } from '../api/contract/streams.ts';
import type { Context } from './context.ts';
import { eventLine } from './event-line.ts';
import { pathOf } from './operations.ts';
import { terminalLine } from './output/terminal-text.ts';

/** Events after which there is nothing left to stay for, and the exit code that they give. */
const ENDS: Readonly<Record<string, number>> = {
  'workload.stopped': 0,
  'workload.removed': 0,
  'workload.removed-outside': 1,
  'workload.failed': 1,
};

/** Shows a workload's log and events until it ends or the user interrupts, which stops it. @returns the exit code */
export async function stayAttached(api: ApiClient, { output, interrupted }: Context, name: string): Promise<number> {
  const ended = new AbortController();
  const signal = AbortSignal.any([interrupted, ended.signal]);
  let exit = 0;

  const showLog = async (): Promise<void> => {
    const query = { follow: 'true', tail: '0' };
    for await (const { line } of api.lines<LogLine>({ method: 'GET', path: pathOf(name, 'logs'), query, signal })) {
      if (!output.json) output.line(output.terminal ? terminalLine(line) : line);
    }
  };
  const showEvents = async (): Promise<void> => {
    const query = { follow: 'true', tail: '0', workloads: name };
    for await (const event of api.lines<HoldfastEvent>({ method: 'GET', path: '/v1/events', query, signal })) {
      if (output.json) output.line(JSON.stringify(event));
      else output.note(eventLine(event, (_style, text) => text));
      const code = ENDS[event.type];
      if (code === undefined) continue;
      exit = code;
      ended.abort();
    }
  };
  output.note('Ctrl-C stops the workload.');
  try {
    await Promise.all([showLog(), showEvents()]);
  } finally {
    ended.abort();
  }
  if (interrupted.aborted) await api.operation({ method: 'POST', path: pathOf(name, 'stop') }, output.progress);
  return exit;
}
