import { open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppendFile } from './append-file.ts';
import { syncFolder, TEMPORARY_SUFFIX } from './atomic-write.ts';
import type { GroupWriter } from './group-writer.ts';
import { decodeLine, journalHeader } from './journal-format.ts';
import type { JournalIndex, Place } from './journal-index.ts';
import { readLines } from './line-reader.ts';

const NEWLINE = Buffer.from('\n');

/**
 * Rewrites the journal without what no longer counts, while puts go on: live lines are copied first; then, with writes held for a moment,
 * what was appended meanwhile is copied as it is, and the new file takes the old one's name. Sessions last seen before `oldest` (ms since
 * the epoch) go. Where it fails the old file stays in use. Throws the system's error.
 */
export async function compactJournal(writer: GroupWriter, index: JournalIndex, oldest: number): Promise<void> {
  const { path, size: copiedTo } = writer.file;
  const temporary = path + TEMPORARY_SUFFIX;
  await rm(temporary, { force: true });
  const target = new AppendFile(temporary, 0, false);
  try {
    const moved = await copyLive(writer.file, copiedTo, target, index, oldest);
    await target.sync();
    await writer.exclusive(async () => {
      const shift = target.size - copiedTo;
      await copyTail(writer.file, copiedTo, target);
      await target.rename(path);
      const old = writer.file;
      writer.file = target;
      moveIndex(index, moved, copiedTo, shift);
      await old.close();
    });
  } catch (thrown) {
    if (writer.file !== target) await target.close();
    await rm(temporary, { force: true }).catch(() => undefined); // The first error is the one to tell.
    throw thrown;
  }
  // Without it a power loss could bring the old file back, which lacks the sessions that came since.
  await syncFolder(dirname(path));
}

/** Answers the new offset of each line that was copied. */
async function copyLive(
  from: AppendFile,
  to: number,
  target: AppendFile,
  index: JournalIndex,
  oldest: number,
): Promise<Map<Place, number>> {
  const live = new Map<number, Place>();
  for (const { place } of index.entries()) if (place.offset < to) live.set(place.offset, place);

  const moved = new Map<Place, number>();
  let gathered: Buffer[] = [Buffer.from(`${journalHeader}\n`)];
  let offset = gathered[0]?.length ?? 0;
  const write = async (): Promise<void> => {
    await target.write(Buffer.concat(gathered));
    gathered = [];
  };
  await readLines(
    from.path,
    (line, at) => {
      const place = live.get(at);
      if (place === undefined) return;
      const entry = decodeLine(line.toString('utf8'));
      if (entry.kind !== 'put' || entry.record.lastSeenAt < oldest) return;
      gathered.push(Buffer.concat([line, NEWLINE]));
      moved.set(place, offset);
      offset += place.length;
    },
    { to, between: write },
  );
  await write();
  return moved;
}

/** What was appended to the old file since `begin`, byte for byte. */
async function copyTail(from: AppendFile, begin: number, target: AppendFile): Promise<void> {
  const bytes = Buffer.alloc(from.size - begin);
  if (bytes.length === 0) return;
  const handle = await open(from.path, 'r');
  try {
    await handle.read(bytes, 0, bytes.length, begin);
  } finally {
    await handle.close();
  }
  await target.write(bytes);
}

function moveIndex(index: JournalIndex, moved: ReadonlyMap<Place, number>, copiedTo: number, shift: number): void {
  for (const { workloadId, sessionId, place } of index.entries()) {
    const offset = place.offset >= copiedTo ? place.offset + shift : moved.get(place);
    if (offset === undefined) index.delete(workloadId, sessionId);
    else place.offset = offset;
  }
}
