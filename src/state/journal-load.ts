import { HoldfastError } from '../core/errors/holdfast-error.ts';
import type { SessionRecord } from '../core/session/record.ts';
import { decodeLine, JOURNAL_SCHEMA } from './journal-format.ts';
import { JournalIndex } from './journal-index.ts';
import { readLines } from './line-reader.ts';

export interface LoadedJournal {
  /** The latest record of each live session. */
  readonly records: SessionRecord[];
  readonly index: JournalIndex;
  /** Lines that are no entries of a journal, without newlines. */
  readonly damaged: Buffer[];
  /** Offset behind the last whole line. */
  readonly end: number;
}

/**
 * Replays a journal without changing it. Sessions last seen before `oldest` (ms since the epoch) are dropped.
 * @throws HF_STATE_NEWER; system errors of reading
 */
export async function loadJournal(file: string, oldest: number): Promise<LoadedJournal> {
  const index = new JournalIndex();
  const damaged: Buffer[] = [];
  const latest = new Map<string, Map<string, SessionRecord>>();

  const end = await readLines(file, (line, offset) => {
    if (line.length === 0) return;
    const entry = decodeLine(line.toString('utf8'));
    if (entry.kind === 'newer') throw newerJournal(file, entry.version);
    if (entry.kind === 'damaged') damaged.push(Buffer.from(line));
    if (entry.kind === 'delete') {
      latest.get(entry.workloadId)?.delete(entry.sessionId);
      index.delete(entry.workloadId, entry.sessionId);
    }
    if (entry.kind === 'delete-workload') {
      latest.delete(entry.workloadId);
      index.deleteWorkload(entry.workloadId);
    }
    if (entry.kind === 'put') {
      const { workloadId, id } = entry.record;
      const sessions = latest.get(workloadId) ?? new Map<string, SessionRecord>();
      latest.set(workloadId, sessions.set(id, entry.record));
      index.put(workloadId, id, { offset, length: line.length + 1 });
    }
  });

  const records: SessionRecord[] = [];
  for (const sessions of latest.values()) {
    for (const record of sessions.values()) {
      if (record.lastSeenAt >= oldest) records.push(record);
      else index.delete(record.workloadId, record.id);
    }
  }
  return { records, index, damaged, end };
}

export function newerJournal(file: string, version: number): HoldfastError {
  return new HoldfastError('HF_STATE_NEWER', {
    what: `${file} was written by a newer Holdfast`,
    why: `its schema is ${version}, this version knows ${JOURNAL_SCHEMA}`,
    data: { file, schema: version },
  });
}
