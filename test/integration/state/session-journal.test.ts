import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SessionRecord } from '../../../src/core/session/record.ts';
import { createSessionJournal, type FileSessionJournal } from '../../../src/state/session-journal.ts';
import { makeFolder, recordingLog } from './state-kit.ts';
import { aRecord } from './state-records.ts';

const DAY_MS = 86_400_000;
const log = recordingLog();
const now = (): number => Date.UTC(2026, 0, 31);

interface Options {
  readonly garbageBytes?: number;
  readonly now?: () => number;
}

async function openJournal(
  dir: string,
  options: Options = {},
): Promise<{ journal: FileSessionJournal; records: readonly SessionRecord[] }> {
  const journal = createSessionJournal({ dir, log, ...options });
  return { journal, records: await journal.load() };
}

/** What a journal is told. */
type Operation =
  | { readonly kind: 'put'; readonly record: SessionRecord }
  | { readonly kind: 'delete'; readonly workloadId: string; readonly sessionId: string }
  | { readonly kind: 'delete-workload'; readonly workloadId: string };

const workloadIds = ['w1', 'w2'];
const sessionIds = ['a', 'b', 'c', '😀'];
const anOperation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .record({
        workloadId: fc.constantFrom(...workloadIds),
        id: fc.constantFrom(...sessionIds),
        initializeParams: fc.string({ unit: 'binary' }),
      })
      .map(({ workloadId, id, initializeParams }): Operation => ({ kind: 'put', record: aRecord(workloadId, id, { initializeParams }) })),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ workloadId: fc.constantFrom(...workloadIds), sessionId: fc.constantFrom(...sessionIds) })
      .map(({ workloadId, sessionId }): Operation => ({ kind: 'delete', workloadId, sessionId })),
  },
  { weight: 1, arbitrary: fc.constantFrom(...workloadIds).map((workloadId): Operation => ({ kind: 'delete-workload', workloadId })) },
);

function tell(journal: FileSessionJournal, operation: Operation): Promise<void> {
  if (operation.kind === 'put') return journal.put(operation.record);
  return operation.kind === 'delete'
    ? journal.delete(operation.workloadId, operation.sessionId)
    : journal.deleteWorkload(operation.workloadId);
}

/** What must be live after some operations. */
function replay(operations: readonly Operation[]): string[] {
  const live = new Map<string, SessionRecord>();
  for (const operation of operations) {
    if (operation.kind === 'put') live.set(`${operation.record.workloadId} ${operation.record.id}`, operation.record);
    else if (operation.kind === 'delete') live.delete(`${operation.workloadId} ${operation.sessionId}`);
    else for (const key of live.keys()) if (key.startsWith(`${operation.workloadId} `)) live.delete(key);
  }
  return asText([...live.values()]);
}

const asText = (records: readonly SessionRecord[]): string[] => records.map((record) => JSON.stringify(record)).toSorted();

describe('the session journal', () => {
  it('gives back the latest record of each session that was not ended (S38)', async () => {
    const dir = await makeFolder();
    const { journal } = await openJournal(dir);
    await Promise.all([
      journal.put(aRecord('w', 'kept', { initialized: false })),
      journal.put(aRecord('w', 'ended')),
      journal.put(aRecord('w', 'kept', { backend: { sessionId: 'b1', protocolVersion: '2025-06-18', generation: 3 } })),
      journal.put(aRecord('gone', 'x')),
      journal.delete('w', 'ended'),
      journal.deleteWorkload('gone'),
    ]);
    expect(journal.sessions).toBe(1);
    await journal.close();
    const { records } = await openJournal(dir);
    expect(records).toEqual([expect.objectContaining({ id: 'kept', backend: expect.objectContaining({ generation: 3 }) as unknown })]);
    expect(statSync(join(dir, 'sessions.ndjson')).mode & 0o777).toBe(0o600);
  });

  it('has a put on disk when it resolves', async () => {
    const dir = await makeFolder();
    const { journal } = await openJournal(dir);
    await journal.put(aRecord('w', 's'));
    expect((await openJournal(dir)).records.map(({ id }) => id)).toEqual(['s']);
    await journal.close();
  });

  it('writes nothing when it is only loaded (S40)', async () => {
    const dir = await makeFolder();
    await openJournal(dir);
    expect(existsSync(join(dir, 'sessions.ndjson'))).toBe(false);
  });

  it('drops sessions that nobody used for 30 days, at load and for good at a compaction', async () => {
    const dir = await makeFolder();
    const { journal } = await openJournal(dir, { now });
    await journal.put(aRecord('w', 'old', { lastSeenAt: now() - 30 * DAY_MS - 1 }));
    await journal.put(aRecord('w', 'young', { lastSeenAt: now() - 30 * DAY_MS }));
    const second = await openJournal(dir, { now });
    expect(second.records.map(({ id }) => id)).toEqual(['young']);
    await journal.compact();
    expect(journal.sessions).toBe(1);
    expect(readFileSync(join(dir, 'sessions.ndjson'), 'utf8')).not.toContain('"old"');
    await journal.close();
  });

  it('loads any prefix of its bytes as a prefix of what it was told, and goes on from there', async () => {
    const dir = await makeFolder();
    const file = join(dir, 'sessions.ndjson');
    const property = fc.asyncProperty(fc.array(anOperation, { minLength: 1, maxLength: 12 }), fc.nat(), async (operations, cut) => {
      writeFileSync(file, '');
      const { journal } = await openJournal(dir);
      for (const operation of operations) await tell(journal, operation);
      await journal.close();
      const bytes = readFileSync(file);
      writeFileSync(file, bytes.subarray(0, cut % (bytes.length + 1)));

      const { journal: after, records } = await openJournal(dir);
      const wholeLines = readFileSync(file, 'utf8').split('\n').length - 1;
      const survived = operations.slice(0, Math.max(0, wholeLines - 1));
      expect(asText(records)).toEqual(replay(survived));
      expect(after.setAside).toBeNull();
      const more = aRecord('w9', 'more');
      await after.put(more);
      await after.close();
      const { records: again } = await openJournal(dir);
      expect(asText(again)).toEqual(replay([...survived, { kind: 'put', record: more }]));
    });
    await fc.assert(property, { numRuns: 120 });
  });

  it('loses nothing to compactions that run while it is told things', async () => {
    const dir = await makeFolder();
    const property = fc.asyncProperty(fc.array(fc.array(anOperation, { maxLength: 15 }), { maxLength: 6 }), async (rounds) => {
      writeFileSync(join(dir, 'sessions.ndjson'), '');
      const { journal } = await openJournal(dir);
      const done: Promise<void>[] = [];
      for (const round of rounds) {
        done.push(...round.map((operation) => tell(journal, operation)));
        const compaction = journal.compact();
        done.push(...round.toReversed().map((operation) => tell(journal, operation)));
        await compaction;
      }
      await Promise.all(done);
      const expected = replay(rounds.flatMap((round) => [...round, ...round.toReversed()]));
      expect(journal.sessions).toBe(expected.length);
      const { records } = await openJournal(dir);
      expect(asText(records)).toEqual(expected);
      await journal.compact();
      await journal.close();
      const { records: again } = await openJournal(dir);
      expect(asText(again)).toEqual(expected);
      expect(readFileSync(join(dir, 'sessions.ndjson'), 'utf8').split('\n')).toHaveLength(expected.length + 2);
    });
    await fc.assert(property, { numRuns: 60 });
    expect(log.lines.filter(({ level }) => level !== 'debug')).toEqual([]);
  });

  it('stays bounded however often a session is written', async () => {
    const dir = await makeFolder();
    const { journal } = await openJournal(dir, { garbageBytes: 50_000 });
    for (let round = 0; round < 50; round += 1) {
      await Promise.all(Array.from({ length: 100 }, (_, n) => journal.put(aRecord('w', `s${n}`, { createdAt: round }))));
    }
    await journal.close();
    expect(statSync(join(dir, 'sessions.ndjson')).size).toBeLessThan(400_000);
    const { records } = await openJournal(dir);
    expect(records.map(({ createdAt }) => createdAt)).toEqual(Array.from({ length: 100 }, () => 49));
  });
});

describe('a damaged session journal (S41)', () => {
  it('keeps its good lines, and sets the others aside once', async () => {
    const dir = await makeFolder();
    const file = join(dir, 'sessions.ndjson');
    const { journal } = await openJournal(dir);
    for (const id of ['a', 'b', 'c']) await journal.put(aRecord('w', id));
    await journal.close();
    const lines = readFileSync(file, 'latin1').split('\n');
    lines[2] = lines[2]?.slice(0, 40) ?? '';
    lines.splice(3, 0, '\0\0\0', '{"put":{"schema":1}}', '[]', '');
    writeFileSync(file, lines.join('\n'), 'latin1');

    const opened = await openJournal(dir, { now });
    expect(opened.records.map(({ id }) => id)).toEqual(['a', 'c']);
    const aside = join(dir, 'sessions.ndjson.damaged-2026-01-31T00-00-00-000Z');
    expect(opened.journal.setAside).toEqual({ file: aside, why: '4 of its lines are damaged', lines: 4 });
    expect(readFileSync(aside, 'latin1')).toBe(`${lines[2]}\n\0\0\0\n{"put":{"schema":1}}\n[]\n`);
    await opened.journal.put(aRecord('w', 'd'));
    await opened.journal.close();

    const again = await openJournal(dir);
    expect(again.records.map(({ id }) => id)).toEqual(['a', 'c', 'd']);
    expect(again.journal.setAside).toBeNull();
  });

  it('never throws at random bytes, and can be used afterwards', async () => {
    const dir = await makeFolder();
    const property = fc.asyncProperty(
      fc.array(
        fc.oneof(
          fc.uint8Array({ maxLength: 60 }),
          fc.json().map((text) => Buffer.from(text)),
        ),
        { maxLength: 8 },
      ),
      async (parts) => {
        writeFileSync(join(dir, 'sessions.ndjson'), Buffer.concat(parts.flatMap((part) => [part, Buffer.from('\n')])));
        const { journal } = await openJournal(dir);
        await journal.put(aRecord('w', 's'));
        await journal.close();
        expect((await openJournal(dir)).records.map(({ id }) => id)).toEqual(['s']);
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });

  it('is refused when a record is of a newer version, and left as it is', async () => {
    const dir = await makeFolder();
    const content = '{"put":{"schema":2}}\n{"put":';
    writeFileSync(join(dir, 'sessions.ndjson'), content);
    await expect(openJournal(dir)).rejects.toMatchObject({ code: 'HF_STATE_NEWER' });
    expect(readFileSync(join(dir, 'sessions.ndjson'), 'utf8')).toBe(content);
  });

  it('is set aside as a whole when it cannot be read', async () => {
    const dir = await makeFolder();
    mkdirSync(join(dir, 'sessions.ndjson'));
    const { journal, records } = await openJournal(dir, { now });
    expect(records).toEqual([]);
    expect(journal.setAside?.file).toBe(join(dir, 'sessions.ndjson.damaged-2026-01-31T00-00-00-000Z'));
    await journal.put(aRecord('w', 's'));
    await journal.close();
    expect((await openJournal(dir)).records).toHaveLength(1);
  });
});
