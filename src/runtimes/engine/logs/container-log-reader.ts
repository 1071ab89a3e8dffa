import type { LogLine, LogQuery, LogReader } from '../../../core/ports/log-reader.ts';
import { boundedSignal } from '../../../lib/bounded-signal.ts';
import type { ContainerLogLine } from '../client/containers/container-logs.ts';
import { isEngineError } from '../client/engine-error.ts';
import { engineFailureOf } from '../container/container-errors.ts';
import type { EngineSite } from '../container/engine-site.ts';
import { LABEL, ownerOf } from '../container/labels.ts';
import { pauseReal } from '../container/pause-real.ts';
import { GivenLines } from './given-lines.ts';
import { withoutAnswers } from './without-answers.ts';

/** Between looks for the next run of what is followed, ms. */
const LOOK_MS = 500;
/** Docker now and then does not end a stream whose container has ended: so long is one read before it is asked for anew, ms. */
const FOLLOW_MS = 5_000;

type WorkloadName = Parameters<LogReader['read']>[0];

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
  const given = new GivenLines(since);
  for await (const line of linesOf(site, workload, given, false, signal)) {
    given.give(line.at);
    const text = shown(site, line);
    if (tail === null) yield text;
    else early.push(text);
    // The engine's own count would count the answers of a stdio server as well.
    if (tail !== null && early.length > tail) early.shift();
  }
  yield* early;
  if (!follow) return;
  while (!signal.aborted) {
    const round = boundedSignal(signal, FOLLOW_MS);
    try {
      for await (const line of linesOf(site, workload, given, true, round.signal)) {
        given.give(line.at);
        yield shown(site, line);
      }
    } finally {
      round.release();
    }
    // A whole round: it lives, and nothing was missed.
    if (!round.signal.aborted) await Promise.race([pauseReal(LOOK_MS), aborted(signal)]);
  }
}

/** The lines of the container as it is now that were not given yet. A workload that has none, or has it no more, has none. */
async function* linesOf(
  site: EngineSite,
  workload: WorkloadName,
  given: GivenLines,
  follow: boolean,
  signal: AbortSignal,
): AsyncGenerator<ContainerLogLine> {
  const { containers } = site.client;
  const listed = await containers.list({ [LABEL.instance]: site.instance, [LABEL.workloadId]: workload.id });
  // Under isolated sessions: of one of them.
  const id = (listed.find(({ labels }) => ownerOf(labels)?.unit === null) ?? listed[0])?.id;
  const state = id === undefined ? null : await containers.inspect(id);
  if (state === null) return;
  const query = { tty: state.tty, stdout: true, stderr: true, since: given.since, tail: null, follow, signal };
  const isNew = given.reading();
  const lines = containers.logs(state.id, query);
  try {
    for await (const line of state.openStdin ? withoutAnswers(lines) : lines) if (isNew(line.at)) yield line;
  } catch (error) {
    if (!isEngineError(error, 'gone', 'removing')) throw error;
  }
}

function shown(site: EngineSite, { at, line }: ContainerLogLine): LogLine {
  return { at, line: site.redact(Buffer.from(line.buffer, line.byteOffset, line.length).toString('utf8')) };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
