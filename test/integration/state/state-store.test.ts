import { existsSync, statSync } from 'node:fs';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createStateStore } from '../../../src/state/state-store.ts';
import { makeFolder, recordingLog, snapshot } from './state-kit.ts';
import { aSpec, aStatus } from './state-records.ts';

const log = recordingLog();
const now = (): number => Date.UTC(2026, 0, 2, 3, 4, 5, 6);

async function loadedStore(dir: string) {
  const store = createStateStore({ dir, log, now });
  const found = await store.load();
  return { store, ...found };
}

describe('the state store', () => {
  it('gives back what was saved, sorted by name', async () => {
    const dir = await makeFolder();
    const { store } = await loadedStore(dir);
    const [b, a] = [aSpec('b'), aSpec('a', { desired: 'stopped' })];
    await store.saveSpec(b);
    await store.saveSpec(a);
    await store.saveStatus('b', aStatus(b, { generation: 7 }));
    const { workloads, setAside } = await loadedStore(dir);
    expect(workloads).toEqual([
      { spec: a, status: null },
      { spec: b, status: aStatus(b, { generation: 7 }) },
    ]);
    expect(setAside).toEqual([]);
  });

  it('keeps its files private', async () => {
    const dir = await makeFolder();
    const { store } = await loadedStore(dir);
    const spec = aSpec('a');
    await store.saveSpec(spec);
    await store.saveStatus('a', aStatus(spec));
    const folder = join(dir, 'workloads', 'a');
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const file of ['spec.json', 'status.json']) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
    expect((await readdir(folder)).toSorted()).toEqual(['spec.json', 'status.json']);
  });

  it('writes nothing when the same is loaded again (S40)', async () => {
    const dir = await makeFolder();
    const { store } = await loadedStore(dir);
    const spec = aSpec('a');
    await store.saveSpec(spec);
    await store.saveStatus('a', aStatus(spec));
    const before = await snapshot(dir);
    const times = statSync(join(dir, 'workloads', 'a', 'spec.json')).mtimeMs;
    await loadedStore(dir);
    expect(await snapshot(dir)).toEqual(before);
    expect(statSync(join(dir, 'workloads', 'a', 'spec.json')).mtimeMs).toBe(times);
  });

  it('orders the writes of one name as they were asked for', async () => {
    const dir = await makeFolder();
    const { store } = await loadedStore(dir);
    const spec = aSpec('a');
    const writes = [store.saveSpec(spec)];
    for (let generation = 1; generation <= 30; generation += 1) writes.push(store.saveStatus('a', aStatus(spec, { generation })));
    await Promise.all(writes);
    expect((await loadedStore(dir)).workloads[0]?.status?.generation).toBe(30);
  });

  it('is used only after it was loaded', async () => {
    const store = createStateStore({ dir: await makeFolder(), log });
    await expect(store.saveSpec(aSpec('a'))).rejects.toMatchObject({ code: 'HF_INTERNAL' });
  });
});

describe('a workload that was replaced (S26)', () => {
  it('writes nothing any more, however rm, run and late writers interleave', async () => {
    const dir = await makeFolder();
    const { store } = await loadedStore(dir);
    const writes: Promise<void>[] = [];
    let last = aSpec('a');
    for (let round = 0; round < 50; round += 1) {
      const old = last;
      last = aSpec('a', { createdAt: round });
      writes.push(store.remove('a', old.id), store.saveSpec(last), store.saveStatus('a', aStatus(old, { generation: 99 })));
      writes.push(store.saveSpec({ ...old, desired: 'stopped' }), store.remove('a', old.id), store.saveStatus('a', aStatus(last)));
    }
    await Promise.all(writes);
    const { workloads } = await loadedStore(dir);
    expect(workloads).toEqual([{ spec: last, status: aStatus(last) }]);
    expect(await readdir(join(dir, 'workloads'))).toEqual(['a']);
  });

  it('leaves no status to a spec of another id that takes its place without rm', async () => {
    const dir = await makeFolder();
    const { store } = await loadedStore(dir);
    const [old, fresh] = [aSpec('a'), aSpec('a')];
    await store.saveSpec(old);
    await store.saveStatus('a', aStatus(old));
    await store.saveSpec(fresh);
    await store.saveStatus('a', aStatus(old));
    expect(existsSync(join(dir, 'workloads', 'a', 'status.json'))).toBe(false);
    expect((await loadedStore(dir)).workloads).toEqual([{ spec: fresh, status: null }]);
  });

  it('has its old status ignored where the daemon died before deleting it', async () => {
    const dir = await makeFolder();
    const { store } = await loadedStore(dir);
    const [old, fresh] = [aSpec('a'), aSpec('a')];
    await store.saveSpec(fresh);
    await writeFile(join(dir, 'workloads', 'a', 'status.json'), JSON.stringify(aStatus(old)));
    expect((await loadedStore(dir)).workloads).toEqual([{ spec: fresh, status: null }]);
  });

  it('is removed completely, and what a killed removal left is deleted at the next load', async () => {
    const dir = await makeFolder();
    const { store } = await loadedStore(dir);
    const spec = aSpec('a');
    await store.saveSpec(spec);
    await store.remove('a', 'another id');
    expect((await loadedStore(dir)).workloads).toHaveLength(1);
    await store.remove('a', spec.id);
    expect(await readdir(join(dir, 'workloads'))).toEqual([]);
    await mkdir(join(dir, 'workloads', '.removed-b-123', 'deep'), { recursive: true });
    await loadedStore(dir);
    expect(await readdir(join(dir, 'workloads'))).toEqual([]);
  });
});

describe('damaged state (S41)', () => {
  const stamp = 'damaged-2026-01-02T03-04-05-006Z';

  it('is set aside under a name that is told, byte for byte, and the others load', async () => {
    const dir = await makeFolder();
    const { store } = await loadedStore(dir);
    const [good, bad, half] = [aSpec('good'), aSpec('bad'), aSpec('half')];
    for (const spec of [good, bad, half]) {
      await store.saveSpec(spec);
      await store.saveStatus(spec.name, aStatus(spec));
    }
    const root = join(dir, 'workloads');
    await writeFile(join(root, 'bad', 'spec.json'), '{"very-secret": tru');
    await writeFile(join(root, 'half', 'status.json'), '');
    const { workloads, setAside } = await loadedStore(dir);
    expect(workloads).toEqual([
      { spec: good, status: aStatus(good) },
      { spec: half, status: null },
    ]);
    expect(setAside).toEqual([
      { file: join(root, 'bad', `spec.json.${stamp}`), why: 'its 19 characters are not JSON' },
      { file: join(root, 'half', `status.json.${stamp}`), why: 'it is empty' },
    ]);
    expect(await readFile(join(root, 'bad', `spec.json.${stamp}`), 'utf8')).toBe('{"very-secret": tru');
    expect(JSON.stringify([setAside, log.lines])).not.toContain('very-secret');
    expect((await loadedStore(dir)).setAside).toEqual([]);
  });

  it('names the field that is wrong', async () => {
    const dir = await makeFolder();
    const { store } = await loadedStore(dir);
    await store.saveSpec(aSpec('a'));
    const file = join(dir, 'workloads', 'a', 'spec.json');
    await writeFile(file, JSON.stringify({ ...aSpec('a'), restart: { ...aSpec('a').restart, jitter: 7 } }));
    expect((await loadedStore(dir)).setAside[0]?.why).toMatch(/^restart\.jitter: /);
  });

  it('never takes the name of an earlier set-aside file', async () => {
    const dir = await makeFolder();
    const { store } = await loadedStore(dir);
    await store.saveSpec(aSpec('a'));
    const folder = join(dir, 'workloads', 'a');
    for (const content of ['first', 'second']) {
      await writeFile(join(folder, 'spec.json'), content);
      await loadedStore(dir);
    }
    expect(await readFile(join(folder, `spec.json.${stamp}`), 'utf8')).toBe('first');
    expect(await readFile(join(folder, `spec.json.${stamp}-2`), 'utf8')).toBe('second');
  });

  it('may be anything in place of a file or of the folder', async () => {
    const dir = await makeFolder();
    await mkdir(join(dir, 'workloads', 'a', 'spec.json', 'deep'), { recursive: true });
    await mkdir(join(dir, 'workloads', 'b'));
    await symlink('spec.json', join(dir, 'workloads', 'b', 'spec.json'));
    await writeFile(join(dir, 'workloads', 'c'), 'a file');
    await writeFile(join(dir, 'workloads', '.DS_Store'), '');
    const { workloads, setAside } = await loadedStore(dir);
    expect(workloads).toEqual([]);
    expect(setAside.map(({ file }) => file.slice(dir.length))).toEqual([
      `/workloads/c.${stamp}`,
      `/workloads/a/spec.json.${stamp}`,
      `/workloads/b/spec.json.${stamp}`,
    ]);
    const second = await makeFolder();
    await writeFile(join(second, 'workloads'), 'a file');
    const { store, setAside: aside } = await loadedStore(second);
    expect(aside[0]?.file).toBe(join(second, `workloads.${stamp}`));
    await store.saveSpec(aSpec('a'));
    expect((await loadedStore(second)).workloads).toHaveLength(1);
  });
});

describe('state of a newer version', () => {
  const newer = JSON.stringify({ schema: 2, whatever: true });

  it.each([
    ['a spec', 'workloads/z/spec.json', newer],
    ['a status', 'workloads/z/status.json', newer],
    ['the format of the folder', 'format.json', newer],
    ['the journal of sessions', 'sessions.ndjson', `${JSON.stringify({ schema: 2, holds: 'sessions' })}\n`],
  ])('is refused for %s, before anything was touched', async (_, file, content) => {
    const dir = await makeFolder();
    const { store } = await loadedStore(dir);
    await store.saveSpec(aSpec('z'));
    await store.saveSpec(aSpec('damaged'));
    await writeFile(join(dir, 'workloads', 'damaged', 'spec.json'), '{');
    await mkdir(join(dir, 'workloads', '.removed-x'));
    await writeFile(join(dir, file), content);
    const before = await snapshot(dir);
    await expect(loadedStore(dir)).rejects.toMatchObject({ code: 'HF_STATE_NEWER', data: { schema: 2 } });
    expect(await snapshot(dir)).toEqual(before);
    expect(existsSync(join(dir, 'workloads', '.removed-x'))).toBe(true);
  });
});
