import * as z from 'zod';
import type { HoldfastEvent } from '../core/ports/event-log.ts';
import { readLines } from './line-reader.ts';

/** Every line begins so; it tells the number without parsing the line. */
const SEQ = /^\{"seq":(\d{1,15}),/;
/** Enough bytes for `SEQ`. */
const SEQ_BYTES = 24;

const eventSchema: z.ZodType<HoldfastEvent> = z.object({
  seq: z.number().int(),
  at: z.number(),
  type: z.string(),
  workload: z.string().nullable(),
  message: z.string(),
  data: z.record(z.string(), z.unknown()),
});

/** One line, `seq` first. Data that is no JSON (a cycle, a bigint) is replaced, never thrown at the caller. */
export function encodeEvent(event: HoldfastEvent): string {
  const { seq, at, type, workload, message, data } = event;
  try {
    return JSON.stringify({ seq, at, type, workload, message, data });
  } catch (thrown) {
    return JSON.stringify({ seq, at, type, workload, message, data: { unwritable: String(thrown) } });
  }
}

function seqOf(line: Buffer): number | null {
  const found = SEQ.exec(line.toString('latin1', 0, SEQ_BYTES));
  return found === null ? null : Number(found[1]);
}

function decodeEvent(line: Buffer): HoldfastEvent | null {
  try {
    return eventSchema.parse(JSON.parse(line.toString('utf8')));
  } catch {
    return null; // A damaged line: its neighbours still tell their part.
  }
}

/** Events of one file with a number above `seq`; damaged lines are skipped. */
export async function readEvents(file: string, seq: number): Promise<HoldfastEvent[]> {
  const events: HoldfastEvent[] = [];
  await readLines(file, (line) => {
    const own = seqOf(line);
    if (own === null || own <= seq) return;
    const event = decodeEvent(line);
    if (event !== null) events.push(event);
  });
  return events;
}

/** The highest number in a file (0 where it has none), and the offset behind its last whole line. */
export async function lastEvent(file: string): Promise<{ readonly seq: number; readonly end: number }> {
  let seq = 0;
  const end = await readLines(file, (line) => {
    seq = Math.max(seq, seqOf(line) ?? 0);
  });
  return { seq, end };
}
