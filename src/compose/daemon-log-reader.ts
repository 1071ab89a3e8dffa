import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { LogLine, LogQuery, LogReader } from '../core/ports/log-reader.ts';

/** How often a followed log is looked at, ms. */
const LOOK_MS = 250;

/** What the daemon wrote about one workload, out of its own log (JSON lines; secrets were taken out when they were written). */
export function createDaemonLogReader(file: string): LogReader {
  async function* read(workload: { readonly name: string }, query: LogQuery): AsyncGenerator<LogLine> {
    const found: LogLine[] = [];
    let position = 0;
    for (const part of [`${file}.1`, file]) {
      position = 0;
      for await (const { text, end } of linesFrom(part, 0)) {
        position = end;
        const line = concerning(text, workload.name, query.since);
        if (line) found.push(line);
      }
    }
    yield* query.tail === null ? found : found.slice(-query.tail || found.length);
    while (query.follow && !query.signal.aborted) {
      await pause(LOOK_MS, query.signal);
      const size = await sizeOf(file);
      // It was rotated: emptied in place.
      if (size < position) position = 0;
      for await (const { text, end } of linesFrom(file, position)) {
        position = end;
        const line = concerning(text, workload.name, query.since);
        if (line) yield line;
      }
    }
  }
  return { read };
}

/** Whole lines from a byte on, with the byte after each; nothing where the file is missing. */
async function* linesFrom(file: string, start: number): AsyncGenerator<{ text: string; end: number }> {
  if ((await sizeOf(file)) <= start) return;
  let end = start;
  for await (const text of createInterface({ input: createReadStream(file, { start }), crlfDelay: Number.POSITIVE_INFINITY })) {
    end += Buffer.byteLength(text) + 1;
    yield { text, end };
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch {
    // It does not exist yet.
    return 0;
  }
}

function concerning(text: string, name: string, since: number | null): LogLine | null {
  let entry: Record<string, unknown>;
  try {
    entry = JSON.parse(text) as Record<string, unknown>;
  } catch {
    // Something that was no log call wrote to the daemon's stderr.
    return null;
  }
  const { workload, time, level, message, ...rest } = entry;
  if (workload !== name) return null;
  const at = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  if (since !== null && at < since) return null;
  const facts = Object.entries(rest).map(([key, value]) => ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return { at: Number.isNaN(at) ? null : at, line: `${String(level)}: ${String(message)}${facts.join('')}` };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
