import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from './log.ts';
import { createRedactor } from './redactor.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-log-'));
  path = join(folder, 'daemon.log');
});
afterEach(() => rmSync(folder, { recursive: true }));

const lines = (file = path): Record<string, unknown>[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('the log', () => {
  it('is one JSON object a line, in the file when the call returns, private', () => {
    const log = createLog({ destination: path, level: 'info' });
    log.child({ workload: 'a', n: 1 }).child({ n: 2 }).warn('100 %s', { why: 'x' });
    log.debug('not shown');
    expect(lines()).toEqual([
      {
        level: 'warn',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
        workload: 'a',
        n: 2,
        why: 'x',
        message: '100 %s',
      },
    ]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    log.close();
  });

  it('has no secret in it, also where it was learned after the child was made', () => {
    const redactor = createRedactor();
    const log = createLog({ destination: path, level: 'debug', redactor });
    const child = log.child({ token: 'hunter2' });
    redactor.add('w', ['hunter2', 'pass"word']);
    child.error('hunter2 failed', { error: new Error('bad pass"word'), hunter2: ['hunter2'] });
    log.close();
    const text = readFileSync(path, 'utf8');
    expect(text).not.toMatch(/hunter2|pass/);
    expect(lines()[0]).toMatchObject({ token: '***', message: '*** failed', '***': ['***'], error: { message: 'bad ***' } });
  });

  it('is bounded: the file is emptied in place and its content kept once', () => {
    writeFileSync(path, `${JSON.stringify({ message: 'of an earlier run' })}\n`);
    const log = createLog({ destination: path, level: 'info', maxBytes: 5_000 });
    // What the process itself writes to its standard error, which is the same file.
    const standardError = openSync(path, 'a');
    for (let n = 1; n <= 300; n += 1) {
      log.info('something happened', { n });
      if (n % 100 === 0) writeSync(standardError, `${JSON.stringify({ message: 'a warning of node' })}\n`);
    }
    log.close();
    expect(statSync(path).size).toBeLessThan(6_000);
    expect(statSync(`${path}.1`).size).toBeLessThan(6_000);
    expect(statSync(`${path}.1`).mode & 0o777).toBe(0o600);
    const kept = [...lines(`${path}.1`), ...lines()].flatMap(({ n }) => (typeof n === 'number' ? [n] : []));
    expect(kept).toEqual(kept.map((_, at) => (kept[0] ?? 0) + at));
    expect(kept.at(-1)).toBe(300);
    expect(lines().at(-1)?.['message']).toBe('a warning of node');
  });

  it('neither throws nor writes anywhere once it is closed, or when it cannot write', () => {
    const log = createLog({ destination: path, level: 'info' });
    log.close();
    // Most likely gets the number of the descriptor that was closed.
    const other = openSync(join(folder, 'other'), 'w');
    log.error('the file is closed');
    log.close();
    closeSync(other);
    expect(readFileSync(join(folder, 'other'), 'utf8')).toBe('');
    expect(() => createLog({ destination: 9_999, level: 'info' }).error('no such descriptor')).not.toThrow();
  });

  it('survives a full disk, and leaves the mode of a device alone', (ctx) => {
    if (process.platform !== 'linux') ctx.skip('needs linux: /dev/full');
    symlinkSync('/dev/full', path);
    const log = createLog({ destination: path, level: 'info' });
    expect(() => log.info('lost')).not.toThrow();
    log.close();
    expect(statSync('/dev/full').mode & 0o777).toBe(0o666);
  });
});
