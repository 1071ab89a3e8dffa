import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TakenOutEntries } from '../../../src/client-config/ledger/taken-out.ts';
import { HoldfastError } from '../../../src/core/errors/holdfast-error.ts';
import { until } from '../../support/until.ts';
import { type ClientHome, clientHome, entryOf } from './client-files.ts';

/** 1,000 in the long form. */
const ROUNDS = Number(process.env['HOLDFAST_CLIENT_ROUNDS'] ?? '100');
/** Bound against hanging, not a measurement. */
const BOUND_MS = 60_000 + ROUNDS * 200;

let made: ClientHome;
const writers = new Set<ChildProcess>();
beforeEach(async () => {
  made = await clientHome();
});
afterEach(async () => {
  for (const writer of writers) writer.kill('SIGKILL');
  writers.clear();
  await made.remove();
});

/**
 * Another program that adds keys of its own to the file, one a round, as clients do: temporary file, rename. With `lock` it takes the lock
 * directory around reading and writing. Resolves with the number of rounds it made.
 */
function otherWriter(file: string, key: string, lock: boolean): Promise<number> {
  const program = `
    import { mkdirSync, readFileSync, renameSync, rmdirSync, writeFileSync } from 'node:fs';
    const [file, key, rounds, lock] = process.argv.slice(1);
    const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    let done = 0;
    for (let round = 0; round < Number(rounds); round += 1) {
      if (lock === 'true') for (;;) { try { mkdirSync(file + '.lock'); break; } catch { await pause(Math.random() * 3); } }
      const document = JSON.parse(readFileSync(file, 'utf8'));
      document[key] = { ...document[key], [round]: true };
      if (lock !== 'true') await pause(Math.random() * 2);
      writeFileSync(file + '.tmp.' + process.pid, JSON.stringify(document, null, 2));
      renameSync(file + '.tmp.' + process.pid, file);
      if (lock === 'true') rmdirSync(file + '.lock');
      done += 1;
      await pause(Math.random() * 20);
    }
    console.log(done);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, file, key, String(ROUNDS), String(lock)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  writers.add(child);
  return new Promise((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.once('error', reject);
    child.once('exit', (code) => {
      writers.delete(child);
      if (code === 0) resolve(Number(said));
      else reject(new Error(`the other writer ended with ${String(code)}`));
    });
  });
}

/** Moves an entry back and forth until the others are done. Says how often it was written, and how often there was no gap for it. */
async function editUntil(client: string, done: Promise<unknown>): Promise<string> {
  const ended = new AbortController();
  const end = (): void => ended.abort();
  done.then(end, end);
  let edits = 0;
  let busy = 0;
  for (let round = 0; !ended.signal.aborted; round += 1) {
    const key = (round % 2 === 0 ? 'aa' : 'bb').repeat(16);
    // The file grows with each round, and one that is large is not planned again under the lock.
    const change = await made.config.edit(client, [{ write: entryOf('files', key) }], false).catch((thrown: unknown) => {
      if (!(thrown instanceof HoldfastError) || thrown.code !== 'HF_CLIENT_FILE_BUSY') throw thrown;
      busy += 1;
      return [];
    });
    edits += change.length;
  }
  return `${edits} edits of ours (${busy} times busy)`;
}

/** Resolves when the new content lies ready beside the file, so that only the lock keeps it from its place. */
const untilPrepared = (folder = made.home): Promise<unknown> =>
  until('the new file to be prepared', () => readdirSync(folder).some((name) => name.endsWith('.tmp')) || undefined);

/** Another process that looks for a lock all the time and measures how long it sees it there, each time, in ms. */
function lockWatch(lock: string): { seen(): number; stop(): Promise<number[]> } {
  const program = `
    import { statSync } from 'node:fs';
    let ended = false;
    process.stdin.on('end', () => { ended = true; }).resume();
    const look = () => {
      for (let round = 0; round < 2000; round += 1) {
        if (!statSync(process.argv[1], { throwIfNoEntry: false })) continue;
        const since = performance.now();
        let last = since;
        while (statSync(process.argv[1], { throwIfNoEntry: false })) last = performance.now();
        console.log(last - since);
      }
      if (!ended) setImmediate(look);
    };
    look();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, lock], { stdio: ['pipe', 'pipe', 'inherit'] });
  writers.add(child);
  const times: number[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => times.push(Number(line)));
  return {
    seen: () => times.length,
    async stop() {
      child.stdin.end();
      await once(child, 'close');
      return times;
    },
  };
}

const lossesOf = (document: Record<string, object>, keys: readonly string[]): number =>
  keys.reduce((lost, key) => lost + ROUNDS - Object.keys(document[key] ?? {}).length, 0);

describe('two other programs write the file at the same time', () => {
  it(
    'nothing is lost among those that honour the lock of the client',
    async () => {
      const file = await made.put('claude-code', '{}');
      const others = Promise.all([otherWriter(file, 'one', true), otherWriter(file, 'two', true)]);
      const edits = await editUntil('claude-code', others);
      expect(await others).toEqual([ROUNDS, ROUNDS]);
      await made.config.edit('claude-code', [{ write: entryOf('files') }], false);
      const document = JSON.parse(readFileSync(file, 'utf8'));
      console.log(`${edits} among ${2 * ROUNDS} of others, under the lock: ${lossesOf(document, ['one', 'two'])} of theirs lost`);
      expect(lossesOf(document, ['one', 'two'])).toBe(0);
      expect(document.mcpServers.files.url).toContain('/files/mcp');
      expect(existsSync(`${file}.lock`)).toBe(false);
    },
    BOUND_MS,
  );

  it(
    'among those without a lock a lost entry of ours is seen and put back',
    async () => {
      const file = await made.put('cursor', '{}');
      const others = Promise.all([otherWriter(file, 'one', false), otherWriter(file, 'two', false)]);
      const edits = await editUntil('cursor', others);
      await others;
      const state = async () => (await made.config.status('cursor')).files[0]?.entries['files'];
      const seen = await state();
      expect(['written', 'changed', 'lost']).toContain(seen);
      await made.config.edit('cursor', [{ write: entryOf('files') }], false);
      expect(await state()).toBe('written');
      const document = JSON.parse(readFileSync(file, 'utf8'));
      console.log(
        `${edits} among ${2 * ROUNDS} of others, no lock: ${lossesOf(document, ['one', 'two'])} of theirs lost; ours was ${String(seen)}`,
      );
    },
    BOUND_MS,
  );
});

/** Another program that writes the file up to 500 times a second, with what it finds in it, until it is ended. */
function restlessWriter(file: string, lock: boolean): ChildProcess {
  const program = `
    import { mkdirSync, readFileSync, renameSync, rmdirSync, writeFileSync } from 'node:fs';
    const [file, lock] = process.argv.slice(1);
    let written = 0;
    setInterval(() => {
      if (lock === 'true') try { mkdirSync(file + '.lock'); } catch { return; }
      const document = { ...JSON.parse(readFileSync(file, 'utf8')), written: (written += 1) };
      writeFileSync(file + '.tmp.' + process.pid, JSON.stringify(document, null, 2));
      renameSync(file + '.tmp.' + process.pid, file);
      if (lock === 'true') rmdirSync(file + '.lock');
    }, 2);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, file, String(lock)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  writers.add(child);
  return child;
}

describe('a program that writes the file up to 500 times a second', () => {
  it.each([
    ['cursor', false],
    ['claude-code', true],
  ] as const)('%s: does not keep ours out', async (client, lock) => {
    const file = await made.put(client, '{ "mcpServers": {} }');
    const ledger = (): string[] => made.remembered().filter((name) => !name.endsWith('.last'));
    const writer = restlessWriter(file, lock);
    await until('it writes', () => readFileSync(file, 'utf8').includes('written'));
    const started = performance.now();
    for (let round = 0; round < 10; round += 1) {
      await made.config.edit(client, [{ write: entryOf('files', (round % 2 === 0 ? 'cc' : 'dd').repeat(16)) }], false);
    }
    console.log(`${client}: ten edits in ${Math.round(performance.now() - started)} ms`);
    writer.kill('SIGSTOP');
    // It may have read the file before our last edit.
    await made.config.edit(client, [{ write: entryOf('files') }], false);
    expect((await made.config.status(client)).files[0]?.entries['files']).toBe('written');
    expect(ledger()).toHaveLength(2);
    await made.config.edit(client, [{ remove: 'files' }], false);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ mcpServers: {}, written: expect.any(Number) });
    expect(made.remembered()).toEqual([]);
  });
});

describe('a program that truncates the file before it writes it', () => {
  const text = '{\n  "mcpServers": { "mine": { "url": "https://mine.example" } }\n}\n';

  it.each([
    ['cursor', 'empty', ''],
    ['cursor', 'half there', text.slice(0, 30)],
    ['claude-code', 'half there', text.slice(0, 30)],
  ] as const)('%s: loses nothing when ours is written while the file is %s', async (client, _how, half) => {
    const file = await made.put(client, text);
    writeFileSync(file, half);
    const edit = made.config.edit(client, [{ write: entryOf('files') }], false);
    await new Promise((resolve) => setTimeout(resolve, 60));
    writeFileSync(file, text.replace('mine.example', 'other.example'));
    await edit;
    const { mcpServers } = JSON.parse(readFileSync(file, 'utf8'));
    expect(mcpServers).toMatchObject({ mine: { url: 'https://other.example' }, files: { type: 'http' } });
  });

  it('has not taken our entry out', async () => {
    const file = await made.put('cursor', text);
    await made.config.edit('cursor', [{ write: entryOf('files') }], false);
    const ours = readFileSync(file, 'utf8');
    writeFileSync(file, '');
    const status = made.config.status('cursor');
    await new Promise((resolve) => setTimeout(resolve, 60));
    writeFileSync(file, ours);
    await expect(status).resolves.toMatchObject({ files: [{ problem: null, entries: { files: 'written', mine: 'foreign' } }] });
  });

  it('and leaves it empty or broken, is believed after a moment', async () => {
    const file = await made.put('cursor', text);
    writeFileSync(file, '{');
    await expect(made.config.edit('cursor', [{ write: entryOf('files') }], false)).rejects.toMatchObject({ code: 'HF_CLIENT_FILE_SYNTAX' });
    writeFileSync(file, '');
    await made.config.edit('cursor', [{ write: entryOf('files') }], false);
    expect(Object.keys(JSON.parse(readFileSync(file, 'utf8')).mcpServers)).toEqual(['files']);
  });
});

describe('the lock of a client', () => {
  it('is held for less than 5 ms, and nothing else of ours stays beside the file', async () => {
    const file = await made.put('claude-code', '{}');
    const held = lockWatch(`${file}.lock`);
    for (let round = 0; held.seen() < 15; round += 1) {
      await made.config.edit('claude-code', [{ write: entryOf('files', (round % 2 === 0 ? 'cc' : 'dd').repeat(16)) }], false);
    }
    const times = await held.stop();
    // The median: on a busy machine either process may lose the processor at any moment.
    expect(times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]).toBeLessThan(5);
    expect(readdirSync(made.home).toSorted()).toEqual(['.claude.json', '.holdfast']);
  });

  it('is waited for, and a stale one is passed over and left', async () => {
    const file = await made.put('claude-code', '{}');
    mkdirSync(`${file}.lock`);
    let done = false;
    const edit = made.config.edit('claude-code', [{ write: entryOf('files') }], false).then(() => {
      done = true;
    });
    await untilPrepared();
    expect(done).toBe(false);
    expect(readFileSync(file, 'utf8')).toBe('{}');
    rmdirSync(`${file}.lock`);
    await edit;
    expect(readFileSync(file, 'utf8')).toContain('/files/mcp');

    mkdirSync(`${file}.lock`);
    const old = Date.now() / 1000 - 60;
    utimesSync(`${file}.lock`, old, old);
    await made.config.edit('claude-code', [{ write: entryOf('more') }], false);
    expect(readFileSync(file, 'utf8')).toContain('/more/mcp');
    expect(statSync(`${file}.lock`).isDirectory()).toBe(true);
  });

  it('of Cline has an owner in it, so that its own rename does not replace it', async () => {
    const file = await made.put('cline', '{ "mcpServers": {} }');
    mkdirSync(`${file}.lock`);
    writeFileSync(`${file}.lock/owner.abc`, '');
    const edit = made.config.edit('cline', [{ write: entryOf('files') }], false);
    await untilPrepared(dirname(file));
    expect(readFileSync(file, 'utf8')).toBe('{ "mcpServers": {} }');
    renameSync(`${file}.lock`, `${file}.gone`);
    await edit;
    expect(readFileSync(file, 'utf8')).toContain('/files/mcp');
    expect(existsSync(`${file}.lock`)).toBe(false);
  });
});

describe('an entry that is gone', () => {
  it('was lost when the file was written right after ours, and taken out when it was later', async () => {
    const file = await made.put('cursor', '{}');
    await made.config.edit('cursor', [{ write: entryOf('files') }], false);
    const state = async () => (await made.config.status('cursor')).files[0]?.entries['files'];
    writeFileSync(file, '{ "mcpServers": {} }');
    expect(await state()).toBe('lost');
    const later = Date.now() / 1000 + 3600;
    utimesSync(file, later, later);
    expect(await state()).toBe('taken-out');
  });
});

describe('an entry that was taken out, and put back by a program that had read the file before', () => {
  const text = '{\n  "mine": 1\n}\n';
  let file: string;
  let stale: string;
  const state = async () => (await made.config.status('cursor')).files[0]?.entries['files'];
  const edit = (...edits: Parameters<typeof made.config.edit>[1]) => made.config.edit('cursor', edits, false);

  beforeEach(async () => {
    file = await made.put('cursor', text);
    await edit({ write: entryOf('files') });
    stale = readFileSync(file, 'utf8');
    await edit({ remove: 'files' });
    writeFileSync(file, stale.replace('"mine": 1', '"mine": 2'));
  });

  it('is ours, and is taken out again, as often as it comes', async () => {
    for (let round = 0; round < 3; round += 1) {
      expect(await state()).toBe('written');
      await edit({ remove: 'files' });
      expect(readFileSync(file, 'utf8')).toBe(text.replace('1', '2'));
      expect(made.remembered()).toEqual([]);
      writeFileSync(file, stale.replace('"mine": 1', '"mine": 2'));
    }
  });

  it('is ours also for the next daemon', async () => {
    const next = made.again();
    expect((await next.status('cursor')).files[0]?.entries['files']).toBe('written');
    await next.edit('cursor', [{ remove: 'files' }], false);
    expect(readFileSync(file, 'utf8')).toBe(text.replace('1', '2'));
  });

  it('is somebody else’s when a day has gone', () => {
    const entry = { fields: { url: entryOf('files').url }, writtenAt: 0, pending: null };
    const record = { version: 1, file, base: { existed: true, key: 'absent' }, written: [], entries: { files: entry } } as const;
    const takenOut = new TakenOutEntries(made.ledger, () => join(made.ledger, 'x.taken-out'));
    takenOut.note({ ...record, written: [] }, {}, 1_000);
    const servers = () => new Map([['files', entry.fields]]);
    expect(takenOut.withReturned(file, undefined, servers, 1_000 + 23 * 3_600_000)?.entries).toEqual({ files: entry });
    expect(takenOut.withReturned(file, undefined, servers, 1_000 + 25 * 3_600_000)).toBeUndefined();
  });

  it('is ours, and is written again with another address', async () => {
    await edit({ write: entryOf('files', 'ee'.repeat(16)) });
    expect(JSON.parse(readFileSync(file, 'utf8')).mcpServers.files.url).toContain('/k/eeee');
    expect(await state()).toBe('written');
    await made.config.restore('cursor', true, false);
    expect(readFileSync(file, 'utf8')).toBe(text.replace('1', '2'));
  });

  it('is somebody else’s once it leads elsewhere', async () => {
    writeFileSync(file, stale.replaceAll(/http:[^"]*/g, 'https://mine.example'));
    expect(await state()).toBe('foreign');
    await edit({ remove: 'files' });
    expect(readFileSync(file, 'utf8')).toContain('https://mine.example');
    await expect(edit({ write: entryOf('files') })).rejects.toMatchObject({ code: 'HF_CLIENT_FILE_FOREIGN' });
  });
});
