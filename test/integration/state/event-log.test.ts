import { mkdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HoldfastEvent } from '../../../src/core/ports/event-log.ts';
import { createEventLog } from '../../../src/state/event-log.ts';
import { makeFolder, recordingLog } from './state-kit.ts';

const anEvent = (n: number) => ({ type: 'workload.created', workload: 'w', message: `event ${n}`, data: { n } });
const numbers = (events: readonly HoldfastEvent[]): number[] => events.map(({ seq }) => seq);
const upTo = (last: number, first = 1): number[] => Array.from({ length: last - first + 1 }, (_, n) => first + n);

describe('the event log', () => {
  it('numbers events without a gap, across restarts', async () => {
    const dir = await makeFolder();
    for (let run = 0; run < 3; run += 1) {
      const events = await createEventLog({ dir, log: recordingLog(), now: () => 1_000 + run });
      for (let n = 0; n < 5; n += 1) events.append(anEvent(n));
      await events.close();
    }
    const events = await createEventLog({ dir, log: recordingLog() });
    const all = await events.since(0);
    expect(numbers(all)).toEqual(upTo(15));
    expect(all[5]).toEqual({ seq: 6, at: 1_001, ...anEvent(0) });
    expect(numbers(await events.since(12))).toEqual([13, 14, 15]);
    expect(await events.since(15)).toEqual([]);
  });

  it('gives events that were appended in the same turn', async () => {
    const events = await createEventLog({ dir: await makeFolder(), log: recordingLog() });
    events.append(anEvent(1));
    expect(numbers(await events.since(0))).toEqual([1]);
    await events.close();
  });

  it('keeps what is appended while the file is written', async () => {
    const dir = await makeFolder();
    const events = await createEventLog({ dir, log: recordingLog() });
    const heard: number[] = [];
    events.follow(({ seq }) => heard.push(seq));
    for (let n = 1; n <= 200; n += 1) {
      events.append(anEvent(n));
      // A phase later each time: before, during and after the write of the one before.
      for (let turn = 0; turn < n % 7; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    }
    await events.close();
    expect(heard).toEqual(upTo(200));
    const again = await createEventLog({ dir, log: recordingLog() });
    expect(numbers(await again.since(0))).toEqual(upTo(200));
    await again.close();
  });

  it('tells followers of each event once, in order, when it is in the file; until they end', async () => {
    const dir = await makeFolder();
    const log = recordingLog();
    const events = await createEventLog({ dir, log });
    const heard: number[] = [];
    const end = events.follow(({ seq }) => {
      heard.push(seq);
      expect(readFileSync(join(dir, 'events.ndjson'), 'utf8')).toContain(`{"seq":${seq},`);
    });
    events.follow(() => {
      throw new Error('a bad follower');
    });
    events.append(anEvent(1));
    events.append(anEvent(2));
    expect(heard).toEqual([]);
    await events.flush();
    events.append(anEvent(3));
    await events.flush();
    end();
    events.append(anEvent(4));
    await events.close();
    expect(heard).toEqual([1, 2, 3]);
    expect(log.lines).toHaveLength(4);
  });

  it('keeps at most two files of bounded size, the newest events of all', async () => {
    const dir = await makeFolder();
    const events = await createEventLog({ dir, log: recordingLog(), fileBytes: 10_000 });
    for (let n = 1; n <= 1_000; n += 1) {
      events.append(anEvent(n));
      if (n % 10 === 0) await events.flush();
    }
    const kept = numbers(await events.since(0));
    expect(kept).toEqual(upTo(1_000, kept[0]));
    expect(kept.length).toBeGreaterThan(80);
    expect(numbers(await events.since(995))).toEqual(upTo(1_000, 996));
    await events.close();
    for (const file of ['events.ndjson', 'events.1.ndjson']) {
      expect(statSync(join(dir, file)).size).toBeLessThanOrEqual(10_000);
      expect(statSync(join(dir, file)).mode & 0o777).toBe(0o600);
    }
    const reopened = await createEventLog({ dir, log: recordingLog() });
    expect(numbers(await reopened.since(0))).toEqual(kept);
  });

  it('goes on counting when the daemon died right after a rotation', async () => {
    const dir = await makeFolder();
    writeFileSync(join(dir, 'events.1.ndjson'), `${JSON.stringify({ seq: 41, at: 1, ...anEvent(1) })}\n`);
    const events = await createEventLog({ dir, log: recordingLog() });
    events.append(anEvent(2));
    expect(numbers(await events.since(0))).toEqual([41, 42]);
    await events.close();
  });

  it('loads any prefix of its bytes as a prefix of its events, and goes on without a gap', async () => {
    const dir = await makeFolder();
    const file = join(dir, 'events.ndjson');
    const messages = fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 8 });
    const property = fc.asyncProperty(messages, fc.nat(), async (texts, cut) => {
      writeFileSync(file, '');
      const events = await createEventLog({ dir, log: recordingLog() });
      for (const message of texts) events.append({ ...anEvent(0), message });
      const written = await events.since(0);
      await events.close();
      const bytes = readFileSync(file);
      writeFileSync(file, bytes.subarray(0, cut % (bytes.length + 1)));

      const after = await createEventLog({ dir, log: recordingLog() });
      const survived = await after.since(0);
      expect(survived).toEqual(written.slice(0, survived.length));
      after.append(anEvent(1));
      expect(numbers(await after.since(0))).toEqual(upTo(survived.length + 1));
      await after.close();
      const again = await createEventLog({ dir, log: recordingLog() });
      expect(numbers(await again.since(0))).toEqual(upTo(survived.length + 1));
    });
    await fc.assert(property, { numRuns: 60 });
  });

  it('skips damaged lines and survives random bytes', async () => {
    const dir = await makeFolder();
    const property = fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 6 }), async (parts) => {
      const good = Buffer.from(`${JSON.stringify({ seq: 7, at: 1, ...anEvent(1) })}\n`);
      writeFileSync(join(dir, 'events.ndjson'), Buffer.concat([...parts.flatMap((part) => [part, Buffer.from('\n')]), good]));
      const events = await createEventLog({ dir, log: recordingLog() });
      events.append(anEvent(2));
      expect(numbers(await events.since(0))).toEqual([7, 8]);
      await events.close();
    });
    await fc.assert(property, { numRuns: 50 });
  });

  it('keeps events that cannot be written until they can, and says so once', async () => {
    const dir = await makeFolder();
    const log = recordingLog();
    mkdirSync(join(dir, 'events.ndjson'));
    const events = await createEventLog({ dir, log });
    const heard: number[] = [];
    events.follow(({ seq }) => heard.push(seq));
    for (let n = 1; n <= 3; n += 1) {
      events.append(anEvent(n));
      await events.flush();
    }
    expect(heard).toEqual([1, 2, 3]);
    expect(log.lines.filter(({ message }) => message === 'Events cannot be written')).toHaveLength(1);
    rmdirSync(join(dir, 'events.ndjson'));
    events.append(anEvent(4));
    await events.flush();
    expect(heard).toEqual([1, 2, 3, 4]);
    expect(numbers(await events.since(0))).toEqual([1, 2, 3, 4]);
    await events.close();
    expect(events.lost).toBe(0);
    expect(numbers(await (await createEventLog({ dir, log })).since(0))).toEqual([1, 2, 3, 4]);
  });

  it('gives up the oldest and counts them when too many wait', async () => {
    const dir = await makeFolder();
    mkdirSync(join(dir, 'events.ndjson'));
    const events = await createEventLog({ dir, log: recordingLog() });
    for (let n = 1; n <= 1_200; n += 1) events.append(anEvent(n));
    await events.flush();
    expect(events.lost).toBe(200);
    rmdirSync(join(dir, 'events.ndjson'));
    expect(numbers(await events.since(0))).toEqual(upTo(1_200, 201));
    await events.close();
  });

  it('has secrets taken out of it, and takes data that is no JSON', async () => {
    const events = await createEventLog({
      dir: await makeFolder(),
      log: recordingLog(),
      redact: <T>(value: T): T => JSON.parse(JSON.stringify(value).replaceAll('hunter2', '***')) as T,
    });
    events.append({ ...anEvent(1), message: 'hunter2', data: { deep: ['hunter2'] } });
    const [first] = await events.since(0);
    expect(first).toMatchObject({ message: '***', data: { deep: ['***'] } });
    await events.close();

    const plain = await createEventLog({ dir: await makeFolder(), log: recordingLog() });
    plain.append({ ...anEvent(1), data: { big: 1n } });
    expect((await plain.since(0))[0]).toMatchObject({ seq: 1, message: 'event 1' });
    await plain.close();
  });
});
