import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventLog, HoldfastEvent } from '../core/ports/event-log.ts';
import type { Log } from '../core/ports/log.ts';
import { AppendFile } from './append-file.ts';
import { encodeEvent, lastEvent, readEvents } from './event-file.ts';
import { systemReason } from './write-error.ts';

/** Size at which the file becomes the older one: at most twice as much is kept. */
const FILE_BYTES = 5 * 1024 * 1024;
/** Events that wait in memory while they cannot be written. */
const MAX_UNWRITTEN = 1_000;

export interface EventLogOptions {
  /** The state folder. Exists, private, and this process holds its mutex. */
  readonly dir: string;
  readonly log: Log;
  /** ms since the epoch. */
  readonly now?: () => number;
  /** Takes secrets out of a message and out of data. */
  readonly redact?: <T>(value: T) => T;
  readonly fileBytes?: number;
}

/** The event log as two files, `events.ndjson` and the older `events.1.ndjson`. */
export interface FileEventLog extends EventLog {
  /** Events that could not be kept since this log was opened. */
  readonly lost: number;
  /** Resolves when all that was appended was written, or has failed. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the log; numbers go on where the last run ended. An event reaches its followers once it is in the file, so that no number that
 * somebody saw is given out again after a crash. Never rejects: what cannot be written (a full disk) waits in memory for the next append, is
 * logged, and is counted as lost once it has to be given up.
 */
export async function createEventLog(options: EventLogOptions): Promise<FileEventLog> {
  const { dir, log, now = Date.now, redact = (value) => value, fileBytes = FILE_BYTES } = options;
  const current = join(dir, 'events.ndjson');
  const older = join(dir, 'events.1.ndjson');
  const followers = new Set<(event: HoldfastEvent) => void>();

  let { lastSeq: lastOlder } = await open(older, log);
  let { file, lastSeq } = await open(current, log);
  lastSeq = Math.max(lastSeq, lastOlder);

  let unwritten: HoldfastEvent[] = [];
  let untold: HoldfastEvent[] = [];
  let lost = 0;
  let failing = false;
  /** Reads and writes take turns, so that no rotation happens under a reader. */
  let turn: Promise<void> = Promise.resolve();

  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const result = turn.then(task);
    turn = result.then(
      () => undefined,
      () => undefined, // Whoever asked gets the failure.
    );
    return result;
  };

  const write = async (): Promise<void> => {
    // A copy: what is appended while the file is written belongs to the next batch.
    const batch = [...unwritten];
    const bytes = Buffer.from(batch.map((event) => `${encodeEvent(event)}\n`).join(''));
    try {
      if (file.size > 0 && file.size + bytes.length > fileBytes) {
        await file.close();
        await file.rename(older);
        file = new AppendFile(current, 0, false);
        lastOlder = (batch[0]?.seq ?? lastSeq + 1) - 1;
      }
      await file.write(bytes);
      unwritten = unwritten.slice(batch.length);
      if (failing) log.info('Events are written again', { file: current });
      failing = false;
    } catch (thrown) {
      if (!failing) log.error('Events cannot be written', { file: current, why: systemReason(thrown) });
      failing = true;
      const excess = Math.max(0, unwritten.length - MAX_UNWRITTEN);
      unwritten = unwritten.slice(excess);
      lost += excess;
    }
  };

  const tell = (event: HoldfastEvent): void => {
    for (const follower of followers) {
      try {
        follower(event);
      } catch (thrown) {
        log.error('A follower of the events failed', { why: thrown instanceof Error ? thrown.message : String(thrown) });
      }
    }
  };

  const writeAndTell = async (): Promise<void> => {
    if (untold.length === 0) return;
    const fresh = untold;
    untold = [];
    await write();
    for (const event of fresh) tell(event);
  };

  return {
    append({ type, workload, message, data }) {
      lastSeq += 1;
      const event = { seq: lastSeq, at: now(), type, workload, message: redact(message), data: redact(data) };
      unwritten.push(event);
      untold.push(event);
      if (untold.length === 1) setImmediate(() => void inTurn(writeAndTell));
    },
    since: (seq) =>
      inTurn(async () => {
        await writeAndTell();
        const kept = [...(seq < lastOlder ? await readEvents(older, seq) : []), ...(await readEvents(current, seq))];
        return [...kept, ...unwritten.filter((event) => event.seq > seq)];
      }),
    follow(callback) {
      // A wrapper, so that the same function can follow twice and end each of them.
      const follower = (event: HoldfastEvent): void => callback(event);
      followers.add(follower);
      return () => followers.delete(follower);
    },
    get lost() {
      return lost;
    },
    flush: () => inTurn(writeAndTell),
    async close() {
      await inTurn(writeAndTell);
      await inTurn(() => file.close());
    },
  };
}

/** Never rejects: a file that cannot be read is logged and appended to, if that goes. */
async function open(path: string, log: Log): Promise<{ file: AppendFile; lastSeq: number }> {
  const size = await stat(path).then(
    (found) => (found.isFile() ? found.size : 0),
    () => 0, // Not there; anything else shows at the first write.
  );
  try {
    const { seq, end } = await lastEvent(path);
    return { file: new AppendFile(path, end, size > end), lastSeq: seq };
  } catch (thrown) {
    log.error('The log of events cannot be read', { file: path, why: systemReason(thrown) });
    return { file: new AppendFile(path, size, false), lastSeq: 0 };
  }
}
