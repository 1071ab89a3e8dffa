import { stat, writeFile } from 'node:fs/promises';
import { HoldfastError } from '../core/errors/holdfast-error.ts';
import type { Log } from '../core/ports/log.ts';
import type { SessionJournal } from '../core/ports/state-store.ts';
import { AppendFile } from './append-file.ts';
import { GroupWriter } from './group-writer.ts';
import { compactJournal } from './journal-compaction.ts';
import { encodeDelete, encodeDeleteWorkload, encodePut, journalHeader, sessionJournalFile } from './journal-format.ts';
import { JournalIndex } from './journal-index.ts';
import { type LoadedJournal, loadJournal } from './journal-load.ts';
import { freeDamagedName, setAside as moveAside } from './set-aside.ts';
import { stateWriteError, systemReason } from './write-error.ts';

/** How long a session id is accepted after it was last used (`sessions.md`, "Life of a session"). */
const THIRTY_DAYS_MS = 30 * 24 * 3_600_000;
/** The file is compacted once it holds more than this of lines that no longer count, and more of them than of those that do. */
const GARBAGE_BYTES = 4 * 1024 * 1024;

export interface SessionJournalOptions {
  /** The state folder. Exists, private, and this process holds its mutex. */
  readonly dir: string;
  readonly log: Log;
  /** ms since the epoch. */
  readonly now?: () => number;
  /** Age since `lastSeenAt` beyond which a session is forgotten, ms. */
  readonly maxAgeMs?: number;
  /** Bytes of lines that no longer count, beyond which the file is compacted. */
  readonly garbageBytes?: number;
}

/** The session journal as a file, `sessions.ndjson`. `load` comes first. */
export interface FileSessionJournal extends SessionJournal {
  /** Damaged lines that the last load found, and the file they were moved to; null = none. */
  readonly setAside: { readonly file: string; readonly why: string; readonly lines: number } | null;
  /** Live sessions. */
  readonly sessions: number;
  /** Rewrites the file without what no longer counts; happens by itself where it is worth it. Never rejects: a failure is logged. */
  compact(): Promise<void>;
  /** Resolves when all puts were written; the file is closed. */
  close(): Promise<void>;
}

interface Opened {
  readonly index: JournalIndex;
  readonly writer: GroupWriter;
}

/** Records are not kept in memory, only their ids and where they lie (about 200 bytes a session). */
export function createSessionJournal(options: SessionJournalOptions): FileSessionJournal {
  const { dir, log, now = Date.now, maxAgeMs = THIRTY_DAYS_MS, garbageBytes = GARBAGE_BYTES } = options;
  const file = sessionJournalFile(dir);
  let opened: Opened | null = null;
  let setAside: FileSessionJournal['setAside'] = null;
  let compaction: Promise<void> | null = null;
  /** Raised after a compaction that failed, so that a full disk is not tried at each put. */
  let patience = garbageBytes;

  const open = (): Opened => {
    if (opened === null) throw new HoldfastError('HF_INTERNAL', { what: 'The session journal was used before it was loaded' });
    return opened;
  };

  const compact = (): Promise<void> => {
    const { writer, index } = open();
    compaction ??= compactJournal(writer, index, now() - maxAgeMs)
      .then(
        () => {
          patience = garbageBytes;
        },
        (thrown: unknown) => {
          patience = 2 * (writer.file.size - index.liveBytes);
          log.warn('The session journal could not be compacted; the long one stays in use', { file, why: systemReason(thrown) });
        },
      )
      .finally(() => {
        compaction = null;
        // Much may have been appended meanwhile.
        compactIfWorthIt();
      });
    return compaction;
  };

  const compactIfWorthIt = (): void => {
    const { writer, index } = open();
    const garbage = writer.file.size - index.liveBytes;
    if (garbage > patience && garbage > index.liveBytes) void compact();
  };

  /** One may follow another. */
  const compactionsEnded = async (): Promise<void> => {
    if (compaction === null) return;
    await compaction;
    await compactionsEnded();
  };

  const append = (line: string, apply: (index: JournalIndex, offset: number, length: number) => void): Promise<void> =>
    new Promise((resolve, reject) => {
      const { writer, index } = open();
      writer.add(
        line,
        (offset, length) => {
          apply(index, offset, length);
          compactIfWorthIt();
          resolve();
        },
        (thrown) => reject(stateWriteError(file, thrown)),
      );
    });

  const keepDamagedLines = async (lines: readonly Buffer[]): Promise<void> => {
    const why = `${lines.length} of its lines are damaged`;
    const target = await freeDamagedName(file, now());
    try {
      await writeFile(target, Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')])), { mode: 0o600, flag: 'wx' });
    } catch (thrown) {
      setAside = { file, why, lines: lines.length };
      log.error('The session journal is damaged in places; these lines were skipped', {
        file,
        lines: lines.length,
        why: systemReason(thrown),
      });
      return;
    }
    setAside = { file: target, why, lines: lines.length };
    log.error('The session journal is damaged in places; these lines were set aside', { file: target, lines: lines.length });
    await compact();
  };

  /** A file that cannot be read at all is set aside as a whole: sessions are lost, but the workloads start. */
  const read = async (): Promise<LoadedJournal> => {
    try {
      return await loadJournal(file, now() - maxAgeMs);
    } catch (thrown) {
      if (thrown instanceof HoldfastError) throw thrown;
      const why = `it cannot be read: ${systemReason(thrown)}`;
      const moved = await moveAside(file, now()).catch(() => null); // The first error is the one to tell.
      setAside = { file: moved ?? file, why, lines: 0 };
      log.error('The session journal cannot be read; all sessions are forgotten', { file: moved ?? file, why });
      // What could not be moved must not be cut off either: appending goes on behind it.
      return { records: [], index: new JournalIndex(), damaged: [], end: await sizeOf(file) };
    }
  };

  return {
    async load() {
      setAside = null;
      const loaded = await read();
      const target = new AppendFile(file, loaded.end, (await sizeOf(file)) > loaded.end);
      opened = { index: loaded.index, writer: new GroupWriter(target, journalHeader) };
      if (loaded.damaged.length > 0) await keepDamagedLines(loaded.damaged);
      compactIfWorthIt();
      return loaded.records;
    },
    put: (record) => append(encodePut(record), (index, offset, length) => index.put(record.workloadId, record.id, { offset, length })),
    delete: (workloadId, sessionId) => append(encodeDelete(workloadId, sessionId), (index) => index.delete(workloadId, sessionId)),
    deleteWorkload: (workloadId) => append(encodeDeleteWorkload(workloadId), (index) => index.deleteWorkload(workloadId)),
    get setAside() {
      return setAside;
    },
    get sessions() {
      return opened?.index.sessions ?? 0;
    },
    compact,
    async close() {
      if (opened === null) return;
      await opened.writer.flush();
      await compactionsEnded();
      await opened.writer.file.close();
      opened = null;
    },
  };
}

/** Bytes of a file; 0 where there is none. */
async function sizeOf(file: string): Promise<number> {
  const found = await stat(file).catch(() => null); // Whoever reads or writes it next tells why it cannot be had.
  return found?.isFile() ? found.size : 0;
}
