import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest';
import { createEventLog } from '../../../src/state/event-log.ts';
import { loadInstance } from '../../../src/state/instance.ts';
import { createSessionJournal } from '../../../src/state/session-journal.ts';
import { createStateStore } from '../../../src/state/state-store.ts';
import { createLog } from '../../../src/telemetry/log.ts';
import { recordingLog } from './state-kit.ts';
import { aRecord, aSpec, aStatus } from './state-records.ts';

/** A file system of its own, which goes when the test ends; the test is skipped where none may be mounted. */
function mountSmallDisk(ctx: TestContext): string {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) ctx.skip('needs root: to mount a small file system');
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-small-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k,mode=700', 'tmpfs', dir], { stdio: 'pipe' });
  } catch (error) {
    rmSync(dir, { recursive: true });
    ctx.skip(`needs mount: ${String(error)}`);
  }
  onTestFinished(() => {
    execFileSync('umount', ['-l', dir]);
    rmSync(dir, { recursive: true });
  });
  return dir;
}

/** Leaves not one byte. */
function fill(dir: string): string {
  const file = join(dir, 'filler');
  for (let bytes = 1 << 20; bytes >= 1; bytes >>= 1) {
    try {
      for (;;) writeFileSync(file, Buffer.alloc(bytes, 1), { flag: 'a' });
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
    }
  }
  return file;
}

const full = { code: 'HF_STATE_WRITE', data: { code: 'ENOSPC' }, why: 'the disk is full (ENOSPC)' };

describe('a full disk (S41)', () => {
  it('refuses specs and statuses clearly, keeps the old ones, and leaves no temporary file', async (ctx) => {
    const dir = mountSmallDisk(ctx);
    const log = recordingLog();
    const store = createStateStore({ dir, log });
    await store.load();
    const spec = aSpec('a');
    await store.saveSpec(spec);
    await store.saveStatus('a', aStatus(spec));
    const filler = fill(dir);

    await expect(store.saveSpec({ ...spec, labels: { big: 'x'.repeat(10_000) } })).rejects.toMatchObject(full);
    await expect(store.saveStatus('a', aStatus(spec, { generation: 2 }))).rejects.toMatchObject(full);
    await expect(store.saveSpec(aSpec('b'))).rejects.toMatchObject(full);
    expect(readdirSync(join(dir, 'workloads', 'a')).toSorted()).toEqual(['spec.json', 'status.json']);
    expect(readdirSync(join(dir, 'workloads'))).toEqual(['a']);

    const again = createStateStore({ dir, log });
    expect(await again.load()).toEqual({ workloads: [{ spec, status: aStatus(spec) }], setAside: [] });
    await again.remove('a', spec.id);
    expect(readdirSync(join(dir, 'workloads'))).toEqual([]);
    rmSync(filler);
    await store.saveSpec(aSpec('b'));
  });

  it('lets a daemon start with state that was never loaded by this version', async (ctx) => {
    const dir = mountSmallDisk(ctx);
    const store = createStateStore({ dir, log: recordingLog() });
    await store.load();
    const spec = aSpec('a');
    await store.saveSpec(spec);
    const instance = await loadInstance(dir, recordingLog());
    rmSync(join(dir, 'format.json'));
    writeFileSync(join(dir, 'workloads', 'a', 'status.json'), 'damaged');
    fill(dir);
    const loaded = await createStateStore({ dir, log: recordingLog() }).load();
    expect(loaded.workloads).toEqual([{ spec, status: null }]);
    expect(await loadInstance(dir, recordingLog())).toBe(instance);
  });

  it('refuses the put of a session, and no other session is harmed', async (ctx) => {
    const dir = mountSmallDisk(ctx);
    const log = recordingLog();
    const journal = createSessionJournal({ dir, log, garbageBytes: 5_000 });
    await journal.load();
    await journal.put(aRecord('w', 'before'));
    const filler = fill(dir);
    const results = await Promise.allSettled(Array.from({ length: 40 }, (_, n) => journal.put(aRecord('w', `s${n}`))));
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    for (const { reason } of refused) expect(reason).toMatchObject(full);
    const accepted = results.flatMap((result, n) => (result.status === 'fulfilled' ? [`s${n}`] : []));
    await journal.compact();

    const loadIds = async (): Promise<string[]> => (await createSessionJournal({ dir, log }).load()).map(({ id }) => id).toSorted();
    expect(await loadIds()).toEqual(['before', ...accepted].toSorted());
    rmSync(filler);
    await journal.put(aRecord('w', 'after'));
    await journal.compact();
    await journal.close();
    expect(await loadIds()).toEqual(['after', 'before', ...accepted].toSorted());
    expect(readdirSync(dir).toSorted()).toEqual(['sessions.ndjson']);
  });

  it('makes events wait, and none of them is lost', async (ctx) => {
    const dir = mountSmallDisk(ctx);
    const log = recordingLog();
    const events = await createEventLog({ dir, log });
    const event = { type: 'daemon.started', workload: null, message: 'x'.repeat(3_000), data: {} };
    events.append(event);
    await events.flush();
    const filler = fill(dir);
    for (let n = 0; n < 20; n += 1) {
      events.append(event);
      await events.flush();
    }
    expect(log.lines.filter(({ message }) => message === 'Events cannot be written')).toHaveLength(1);
    rmSync(filler);
    events.append(event);
    await events.close();
    const again = await createEventLog({ dir, log });
    expect((await again.since(0)).map(({ seq }) => seq)).toEqual(Array.from({ length: 22 }, (_, n) => n + 1));
  });
});

describe('the log of the daemon on a full disk', () => {
  it('loses lines, never throws, and tells how many once there is room', (ctx) => {
    const dir = mountSmallDisk(ctx);
    const path = join(dir, 'daemon.log');
    const log = createLog({ destination: path, level: 'info' });
    log.info('before');
    const filler = fill(dir);
    for (let n = 0; n < 5; n += 1) log.info('x'.repeat(5_000));
    rmSync(filler);
    log.info('after');
    log.close();
    const lines = readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line.endsWith('}'));
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { message: 'before' },
      { message: 'Lines of this log were lost', lost: 5 },
      { message: 'after' },
    ]);
  });
});

describe('a read-only file system (S41)', () => {
  it('lets state be read, refuses writes clearly, and is used again when it is writable', async (ctx) => {
    const dir = mountSmallDisk(ctx);
    const log = recordingLog();
    const before = { store: createStateStore({ dir, log }), journal: createSessionJournal({ dir, log }) };
    await before.store.load();
    await before.journal.load();
    const spec = aSpec('a');
    await before.store.saveSpec(spec);
    await before.journal.put(aRecord('w', 's'));
    await before.journal.close();
    writeFileSync(join(dir, 'sessions.ndjson'), '{"put":{"torn', { flag: 'a' });
    execFileSync('mount', ['-o', 'remount,ro', dir]);

    const store = createStateStore({ dir, log });
    const journal = createSessionJournal({ dir, log });
    expect((await store.load()).workloads).toEqual([{ spec, status: null }]);
    expect((await journal.load()).map(({ id }) => id)).toEqual(['s']);
    const refused = { code: 'HF_STATE_WRITE', why: 'the file system is read-only (EROFS)' };
    await expect(store.saveStatus('a', aStatus(spec))).rejects.toMatchObject(refused);
    await expect(store.remove('a', spec.id)).rejects.toMatchObject(refused);
    await expect(journal.put(aRecord('w', 't'))).rejects.toMatchObject(refused);

    execFileSync('mount', ['-o', 'remount,rw', dir]);
    await store.saveStatus('a', aStatus(spec));
    await journal.put(aRecord('w', 't'));
    await journal.close();
    expect((await createSessionJournal({ dir, log }).load()).map(({ id }) => id)).toEqual(['s', 't']);
  });
});
