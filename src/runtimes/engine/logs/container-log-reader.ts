import type { LogLine, LogQuery, LogReader } from '../../../core/ports/log-reader.ts';
import type { ContainerLogLine } from '../client/containers/container-logs.ts';
import { isEngineError } from '../client/engine-error.ts';
import { engineFailureOf } from '../container/container-errors.ts';
import { type EngineSite, pauseReal } from '../container/engine-site.ts';
import { LABEL, ownerOf } from '../container/labels.ts';
import { withoutAnswers } from './without-answers.ts';

/** Between looks for the next run of what is followed, ms. */
const LOOK_MS = 500;
/** Docker now and then does not end a stream whose container has ended: so long is one read before it is asked for anew, ms. */
const FOLLOW_MS = 5_000;

type WorkloadName = Parameters<LogReader['read']>[0];

/** Where reading goes on: so many lines of this time were given already. */
interface Place {
  readonly at: number;
  readonly given: number;
}

/** Reads what the engine keeps of a workload's output. Of a stdio server's stdout only what is no message: the rest are its answers. */
export function createContainerLogReader(site: EngineSite): LogReader {
  return {
    async *read(workload, query) {
      try {
        yield* read(site, workload, query);
      } catch (error) {
        throw engineFailureOf(error, workload.name);
      }
    },
  };
}

async function* read(site: EngineSite, workload: WorkloadName, query: LogQuery): AsyncGenerator<LogLine> {
  const { signal, since, tail, follow } = query;
  const early: LogLine[] = [];
  let place: Place | null = since === null ? null : { at: since, given: 0 };
  for await (const line of linesOf(site, workload, place, false, signal)) {
    place = after(place, line);
    const text = shown(site, line);
    if (tail === null) yield text;
    else early.push(text);
    // The engine's own count would count the answers of a stdio server as well.
    if (tail !== null && early.length > tail) early.shift();
  }
  yield* early;
  if (!follow) return;
  while (!signal.aborted) {
    const round = AbortSignal.any([signal, AbortSignal.timeout(FOLLOW_MS)]);
    for await (const line of linesOf(site, workload, place, true, round)) {
      place = after(place, line);
      yield shown(site, line);
    }
    // A whole round: it lives, and nothing was missed.
    if (!round.aborted) await Promise.race([pauseReal(LOOK_MS), aborted(signal)]);
  }
}

/** The lines of the container as it is now, from a place on. A workload that has none, or has it no more, has none. */
async function* linesOf(
  site: EngineSite,
  workload: WorkloadName,
  from: Place | null,
  follow: boolean,
  signal: AbortSignal,
): AsyncGenerator<ContainerLogLine> {
  const { containers } = site.client;
  const listed = await containers.list({ [LABEL.instance]: site.instance, [LABEL.workloadId]: workload.id });
  // Under isolated sessions: of one of them.
  const id = (listed.find(({ labels }) => ownerOf(labels)?.unit === null) ?? listed[0])?.id;
  const state = id === undefined ? null : await containers.inspect(id);
  if (state === null) return;
  const query = { tty: state.tty, stdout: true, stderr: true, since: from?.at ?? null, tail: null, follow, signal };
  let skip = from?.given ?? 0;
  const lines = containers.logs(state.id, query);
  try {
    for await (const line of state.openStdin ? withoutAnswers(lines) : lines) {
      if (from && line.at !== null && line.at < from.at) continue;
      if (line.at === from?.at && skip > 0) skip -= 1;
      else yield line;
    }
  } catch (error) {
    if (!isEngineError(error, 'gone', 'removing')) throw error;
  }
}

function after(place: Place | null, { at }: ContainerLogLine): Place | null {
  if (at === null) return place;
  return { at, given: place?.at === at ? place.given + 1 : 1 };
}

function shown(site: EngineSite, { at, line }: ContainerLogLine): LogLine {
  return { at, line: site.redact(Buffer.from(line.buffer, line.byteOffset, line.length).toString('utf8')) };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
