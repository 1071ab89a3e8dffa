import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connect } from '../../support/clients.ts';
import { RESTART_AT_ONCE } from '../../support/fixture.ts';
import { createHome, type Home } from '../../support/home.ts';
import { until } from '../../support/until.ts';
import { LifeWorkload } from './life.ts';
import { mountDisk, type SmallDisk } from './small-disk.ts';

// What a daemon reads and writes is the same, whatever its servers run on.
let home: Home;
beforeEach(async () => {
  home = await createHome();
});
afterEach(() => home.end());

const state = (...names: readonly string[]): string => join(home.folder, 'state', ...names);
const readJson = (file: string): Record<string, unknown> => JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;

describe('a power loss', () => {
  it('S41 in the middle of writes: what was half-written is dropped, the old state is read, and everything starts', async () => {
    const server = await LifeWorkload.run(home, 'survivor', { flags: RESTART_AT_ONCE });
    const client = await connect('old', (await server.now()).url);
    await client.text('who');
    await server.kill();
    const before = await server.until('runs again', ({ lifecycle, restarts }) => lifecycle === 'running' && restarts === 1);
    await until('that is on disk', () => readJson(server.stateFile('status.json'))['restarts'] === 1);
    const knownEvents = await home.events();
    await home.killDaemon();

    // Each file as a write that was cut short leaves it: a part beside the old file, or a part behind what is whole.
    for (const file of ['spec.json', 'status.json'] as const) {
      const whole = readFileSync(server.stateFile(file), 'utf8');
      writeFileSync(`${server.stateFile(file)}.tmp`, whole.slice(0, whole.length / 2));
    }
    for (const file of ['format.json', 'instance.json', 'gateway.json']) writeFileSync(state(`${file}.tmp`), '{"sch');
    appendFileSync(state('events.ndjson'), '{"seq":99999,"at":17');
    appendFileSync(state('sessions.ndjson'), '{"op":"open","id":"half');
    // A removal is one rename; what it left was not deleted yet.
    const tombstone = state('workloads', '.removed-ghost-0f0f');
    mkdirSync(tombstone);
    writeFileSync(join(tombstone, 'spec.json'), readFileSync(server.stateFile('spec.json'), 'utf8').replaceAll('survivor', 'ghost'));

    const after = await home.untilWorkload('survivor', 'runs', ({ lifecycle }) => lifecycle === 'running');
    expect(after).toMatchObject({ url: before.url, restarts: before.restarts, created_at: before.created_at });
    expect(after.generation).toBeGreaterThan(before.generation);
    // It is listed a moment before that is on disk.
    const files = (): string[] => readdirSync(state('workloads', 'survivor')).toSorted();
    await until('the half-written status is gone', () => files().length === 2);
    expect(files()).toEqual(['spec.json', 'status.json']);
    expect(existsSync(tombstone)).toBe(false);
    expect(await home.ok('ls', '-a', '-q')).toBe('survivor\n');
    // Events go on behind the last whole one.
    const events = await home.events();
    expect(events.slice(0, knownEvents.length)).toEqual(knownEvents);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => (events[0]?.seq ?? 0) + index));
    expect(events.map(({ type }) => type)).not.toContain('state.set-aside');
    expect((await home.daemon()).set_aside).toEqual([]);
    // The session from before is known.
    expect(await client.text('who')).toBe(server.boots().at(-1)?.boot);
    await client.close();
  });
});

describe('a full disk', () => {
  let disk: SmallDisk | undefined;
  afterEach(async () => {
    // The daemon lives on that disk.
    await home.run('daemon', 'stop');
    await disk?.unmount();
    disk = undefined;
  });

  it('S41 supervision goes on, errors say why, the old state is readable, and it is written once there is room', async (ctx) => {
    const mounted = await mountDisk(state());
    if ('reason' in mounted) return ctx.skip(mounted.reason);
    disk = mounted;
    const server = await LifeWorkload.run(home, 'cramped', { flags: RESTART_AT_ONCE });
    await until('its status is on disk', () => readJson(server.stateFile('status.json'))['lifecycle'] === 'running');
    disk.fill();

    // A crash: the server comes back all the same.
    const before = await server.kill();
    const again = await server.until(
      'runs again',
      ({ lifecycle, generation }) => lifecycle === 'running' && generation > before.generation,
    );
    const shown = await server.until('shows the trouble', ({ reason }) => reason?.code === 'HF_STATE_WRITE');
    expect(shown).toMatchObject({ status: 'running' });
    expect(shown.status_context).toMatch(/status\.json.*disk is full|no space/i);
    expect(await home.ok('ls')).toContain('HF_STATE_WRITE');

    // What cannot be written down is refused, and leaves nothing.
    const other = new LifeWorkload(home, 'newcomer');
    const refused = await home.run(...other.command());
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('HF_STATE_WRITE');
    expect(refused.stderr).toMatch(/disk is full|no space/i);
    expect(await other.processes()).toEqual([]);
    expect(await home.ok('ls', '-a', '-q')).toBe('cramped\n');

    // The daemon dies: the next one reads the old state and starts what should run.
    await home.killDaemon();
    const restored = await home.untilWorkload('cramped', 'runs', ({ lifecycle }) => lifecycle === 'running');
    expect(restored.url).toBe(again.url);
    expect(restored.generation).toBeGreaterThan(before.generation);

    disk.makeRoom();
    await server.until('is written', ({ reason }) => reason === null);
    await until('the new status is on disk', () => readJson(server.stateFile('status.json'))['generation'] === restored.generation);
  });
});

describe('state that cannot be used', () => {
  it('is set aside where it is damaged, named, and the rest is loaded', async () => {
    const flags = [...RESTART_AT_ONCE, '--transport', 'streamable-http'];
    const lost = await LifeWorkload.run(home, 'lost', { flags });
    const scarred = await LifeWorkload.run(home, 'scarred', { flags: RESTART_AT_ONCE });
    const sound = await LifeWorkload.run(home, 'sound', { flags: RESTART_AT_ONCE });
    await home.killDaemon();
    writeFileSync(lost.stateFile('spec.json'), '{"schema":1,"name":"lo');
    writeFileSync(scarred.stateFile('status.json'), '');

    const listed = await home.ok('ls', '-a', '-q');
    expect(listed.split('\n').filter(Boolean)).toEqual(['scarred', 'sound']);
    for (const server of [scarred, sound]) await server.until('runs', ({ lifecycle }) => lifecycle === 'running');
    const events = (await home.events()).filter(({ type }) => type === 'state.set-aside');
    const files = events.map(({ data }) => String(data['file']));
    expect(files.toSorted().map((file) => file.replace(/-\d{4}-.*/, ''))).toEqual([
      `${lost.stateFile('spec.json')}.damaged`,
      `${scarred.stateFile('status.json')}.damaged`,
    ]);
    expect(readFileSync(files.find((file) => file.includes('lost')) ?? '', 'utf8')).toBe('{"schema":1,"name":"lo');
    const status = await home.ok('daemon', 'status');
    for (const file of files) expect(status).toContain(file);
    // Nobody can reach its server any more: it does not run on.
    await until('the server of the lost workload is gone', async () => (await lost.processes()).length === 0);
    // Its name is free.
    await home.ok(...lost.command());
  });

  it('is refused and left untouched where a newer Holdfast wrote it', async () => {
    const server = await LifeWorkload.run(home, 'futuristic', { flags: ['--transport', 'streamable-http'] });
    await home.ok('daemon', 'stop');
    const file = server.stateFile('spec.json');
    const newer = readFileSync(file, 'utf8').replace('"schema": 1', '"schema": 2');
    writeFileSync(file, newer);
    const refused = await home.run('ls');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('HF_STATE_NEWER');
    expect(refused.stderr).toContain(file);
    expect(readFileSync(file, 'utf8')).toBe(newer);
    expect(readdirSync(state('workloads', 'futuristic')).toSorted()).toEqual(['spec.json', 'status.json']);
  });
});
