import type { ApiCall, ApiClient } from '../api/connect/client.ts';
import type { ListResult, WorkloadResult } from '../api/contract/results.ts';
import type { Workload } from '../api/contract/workload.ts';
import type { Context } from './context.ts';
import type { Output } from './output/output.ts';
import { usage } from './usage.ts';

/** Path of a workload at the control API. */
export const pathOf = (name: string, verb = ''): string => `/v1/workloads/${encodeURIComponent(name)}${verb === '' ? '' : `/${verb}`}`;

export interface Selection {
  readonly words: readonly string[];
  readonly all: boolean;
  readonly group: string | undefined;
}

/** Names that a command means: those given, or those of a group, or all. @throws HF_USAGE */
export async function selectNames(api: ApiClient, selection: Selection, wanted: (workload: Workload) => boolean): Promise<string[]> {
  const { words, all, group } = selection;
  const chosen = [words.length > 0, all, group !== undefined].filter(Boolean).length;
  if (chosen === 0) throw usage('No workload was named', 'Give its name, --all, or --group GROUP.');
  if (words.length > 0 && chosen > 1) throw usage('Names, --all and --group cannot be given together');
  if (words.length > 0) return [...new Set(words)];
  const { workloads } = await api.json<ListResult>({ method: 'GET', path: '/v1/workloads', query: { all: 'true', group } });
  return workloads.filter(wanted).map(({ name }) => name);
}

/** Long work of the daemon. An interruption ends the waiting for it, not the work, and says so. @throws as `ApiClient.operation` */
export async function operate<T>(api: ApiClient, { output, interrupted }: Context, call: ApiCall, progress = output.progress): Promise<T> {
  try {
    return await api.operation<T>({ ...call, signal: interrupted }, progress);
  } catch (error) {
    if (interrupted.aborted) output.note('Interrupted; what the daemon has begun goes on.');
    throw error;
  }
}

/** A call on several workloads at once; each error is told. @returns the results and the exit code */
export async function onEach<T>(
  { output, interrupted }: Context,
  names: readonly string[],
  call: (name: string, progress: Output['progress']) => Promise<T>,
): Promise<{ results: T[]; exit: number }> {
  const told = (name: string): Output['progress'] =>
    names.length > 1 ? (step) => output.progress({ ...step, message: `${name}: ${step.message}` }) : output.progress;
  const settled = await Promise.allSettled(names.map((name) => call(name, told(name))));
  const results: T[] = [];
  const exits: number[] = [];
  for (const outcome of settled) {
    if (outcome.status === 'fulfilled') results.push(outcome.value);
    else exits.push(interrupted.aborted ? 130 : output.error(outcome.reason));
  }
  return { results, exit: exits[0] ?? 0 };
}

/** A verb on several workloads. @returns the workloads and the exit code */
export async function changeEach(
  api: ApiClient,
  context: Context,
  names: readonly string[],
  verb: 'start' | 'stop' | 'restart',
  query: Readonly<Record<string, string>> = {},
): Promise<{ workloads: Workload[]; exit: number }> {
  const { results, exit } = await onEach(context, names, (name, progress) =>
    operate<WorkloadResult>(api, context, { method: 'POST', path: pathOf(name, verb), query }, progress),
  );
  return { workloads: results.map(({ workload }) => workload), exit };
}
