import { FrameDecoder } from '../attach/frame-decoder.ts';
import type { EngineApi } from '../engine-api.ts';
import { EngineError } from '../engine-error.ts';
import { unbroken } from '../http/json-lines.ts';
import { queryString } from '../http/query-string.ts';
import type { ContainerLogLine, LogsQuery } from './container-logs.ts';
import { TimedLines } from './timed-lines.ts';

/** Ends in order when `signal` aborts. @throws EngineError */
export async function* readLogs(api: EngineApi, id: string, query: LogsQuery): AsyncGenerator<ContainerLogLine> {
  if (query.signal.aborted) return;
  const attempt = `read the log of the container ${id}`;
  const search = queryString({
    stdout: query.stdout,
    stderr: query.stderr,
    timestamps: true,
    since: query.since === null ? undefined : (query.since / 1_000).toFixed(3),
    tail: query.tail === null ? undefined : query.tail,
    follow: query.follow,
  });
  const lines = { stdout: new TimedLines('stdout'), stderr: new TimedLines('stderr') };
  let engineWords = '';
  const decoder = new FrameDecoder({
    frame(stream) {
      if (stream !== 'engine') lines[stream].entry();
    },
    payload(stream, bytes) {
      if (stream === 'engine') engineWords += Buffer.from(bytes).toString('utf8');
      else lines[stream].push(bytes);
    },
  });
  try {
    const path = `/containers/${encodeURIComponent(id)}/logs${search}`;
    const incoming = await api.stream({ method: 'GET', path, attempt, subject: 'container', signal: query.signal });
    try {
      for await (const chunk of unbroken(incoming, attempt)) {
        if (query.tty) lines.stdout.pushPlain(chunk);
        else decoder.push(chunk);
        yield* lines.stdout.take();
        yield* lines.stderr.take();
      }
    } finally {
      incoming.destroy();
    }
  } catch (error) {
    if (query.signal.aborted) return;
    if (error instanceof RangeError) throw new EngineError('unavailable', { attempt, words: error.message, cause: error });
    throw error;
  }
  yield* lines.stdout.rest();
  yield* lines.stderr.rest();
  if (engineWords !== '') throw new EngineError('unavailable', { attempt, words: engineWords.trim() });
}
