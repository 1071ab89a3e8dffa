import { appendFileSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogLine, LogQuery } from '../../../src/core/ports/log-reader.ts';
import { collect, makeKit, pidOf, probe, type RuntimeKit, specOf, until } from './runtime-kit.ts';

const limits = { maxBytes: 100_000, files: 3 };
let kit: RuntimeKit;
beforeEach(async () => {
  kit = await makeKit({ logLimits: limits });
});
afterEach(() => kit.close());

const workload = { id: 'any', name: 'probe' };
const logFile = (suffix = ''): string => join(kit.stateDir, 'logs', `probe.log${suffix}`);
const size = (suffix = ''): Promise<number> =>
  stat(logFile(suffix)).then(
    (there) => there.size,
    () => 0,
  );

async function lines(query: Partial<LogQuery> = {}): Promise<LogLine[]> {
  const all: LogLine[] = [];
  const whole = { tail: null, since: null, follow: false, signal: new AbortController().signal, ...query };
  for await (const line of kit.runtime.logs.read(workload, whole)) all.push(line);
  return all;
}

const texts = async (query: Partial<LogQuery> = {}): Promise<string[]> => (await lines(query)).map(({ line }) => line);

describe('the last lines of an incarnation', () => {
  it('do not reach into the one before, and end with what was not finished', async () => {
    const first = await kit.probe('err=of the first', 'exit=1');
    await first.exited;
    const second = await kit.probe('err=one', 'err=\u001b[31mtwo\u001b[0m', 'errpart=three', 'exit=1');
    await second.exited;
    expect(await second.lastLines(10)).toEqual(['one', 'two', 'three']);
    expect(await second.lastLines(2)).toEqual(['two', 'three']);
    expect(await second.lastLines(0)).toEqual([]);
    expect(await first.lastLines(1)).toEqual(['three']);
  });

  it('are cut and redacted', async () => {
    const other = await makeKit({ redact: (text) => text.replaceAll('hunter2', '***') });
    const backend = await other.probe(`err=password hunter2 ${'x'.repeat(5_000)}`, 'exit=1');
    await backend.exited;
    const [line] = await backend.lastLines(1);
    expect(line).toHaveLength(2_000);
    expect(line).toMatch(/^password \*\*\* x+$/);
    await other.close();
  });

  it('reach back over a rotation', async () => {
    const backend = await kit.probe('err=early');
    await until('its line', async () => (await backend.lastLines(1)).includes('early'));
    for (let i = 0; i < 110; i += 1) appendFileSync(logFile(), `${String(i).padStart(999, '.')}\n`);
    await until('the rotation', async () => (await size()) < limits.maxBytes);
    const last = await backend.lastLines(200);
    expect(last.at(-1)).toMatch(/\.109$/);
    expect(last.length).toBeGreaterThan(90);
  });
});

describe('a log', () => {
  it('is bounded and has no holes, whatever a server writes', async () => {
    const backend = await kit.start(
      specOf({ file: '/bin/sh', args: ['-c', 'i=0; while [ $i -lt 20000 ]; do i=$((i+1)); echo "line $i of this server" >&2; done; cat'] }),
    );
    await until('its last line', async () => (await backend.lastLines(1))[0] === 'line 20000 of this server');
    await until('it is cut', async () => (await size()) <= limits.maxBytes);
    const total = (await size()) + (await size('.1')) + (await size('.2'));
    expect(total).toBeLessThan(4 * limits.maxBytes);
    expect(await size('.3')).toBe(0);
    const kept = await texts();
    expect(kept.at(-1)).toBe('line 20000 of this server');
    expect(kept.join('\n')).not.toContain('\0');
    process.kill(pidOf(backend), 'SIGKILL');
    await backend.exited;
  });

  it('is cut at once when it grew while nobody looked', async () => {
    const file = logFile();
    const first = await kit.probe('exit=0');
    await first.exited;
    await writeFile(file, `${'x'.repeat(99)}\n`.repeat(20_000));
    const second = await kit.probe();
    await until('it is cut', async () => (await size()) === 0);
    expect(await size('.1')).toBeLessThanOrEqual(limits.maxBytes);
    await second.stop(0);
  });

  it('is private', async () => {
    await (await kit.probe('err=x', 'exit=0')).exited;
    expect((await stat(logFile())).mode & 0o777).toBe(0o600);
    expect((await stat(join(kit.stateDir, 'logs'))).mode & 0o777).toBe(0o700);
  });

  it('holds what a stdio server prints that is no message, and a flood of that is cut (S45)', async () => {
    const backend = await kit.probe();
    if (backend.endpoint.kind !== 'stdio') throw new TypeError('not stdio');
    const { channel } = backend.endpoint;
    channel.noise(Buffer.from('Server started!'), 'not JSON');
    for (let i = 0; i < 100_000; i += 1) channel.noise(Buffer.from(`flood ${i}`), 'not JSON');
    await backend.stop(1_000);
    const kept = await texts();
    expect(kept[0]).toBe('[stdout, not JSON] Server started!');
    expect(kept.at(-1)).toMatch(/^\[stdout\] \d+ more lines that are no messages were not kept$/);
    expect(await size()).toBeLessThan(limits.maxBytes);
  });

  it('goes with its workload', async () => {
    await (await kit.probe('err=x', 'exit=0')).exited;
    await kit.runtime.forget(specOf({}));
    expect(await size()).toBe(0);
    expect(await texts()).toEqual([]);
    await (await kit.probe('err=anew', 'exit=0')).exited;
    expect(await texts()).toEqual(['anew']);
  });
});

describe('reading a log', () => {
  it('shows all lines, or the last, across generations', async () => {
    await (await kit.probe('err=a', 'err=b', 'exit=0')).exited;
    await (await kit.probe('err=c', 'errpart=d', 'exit=0')).exited;
    expect(await texts()).toEqual(['a', 'b', 'c', 'd']);
    expect(await texts({ tail: 3 })).toEqual(['b', 'c', 'd']);
    expect(await texts({ tail: 0 })).toEqual([]);
    expect(await texts({ tail: 99 })).toEqual(['a', 'b', 'c', 'd']);
  });

  it('knows about when a line was written', async () => {
    const before = Date.now();
    const backend = await kit.probe('err=one', 'exit=0');
    await backend.exited;
    const [line] = await until('its time', async () => {
      const all = await lines();
      return all[0]?.at === null ? null : all;
    });
    expect(line?.at).toBeGreaterThanOrEqual(before);
    expect(line?.at).toBeLessThanOrEqual(Date.now());
    expect(await texts({ since: before })).toEqual(['one']);
    expect(await texts({ since: Date.now() + 1_000 })).toEqual([]);
  });

  it('follows across generations and rotations', async () => {
    const abort = new AbortController();
    const seen: string[] = [];
    const following = (async () => {
      for await (const { line } of kit.runtime.logs.read(workload, { tail: null, since: null, follow: true, signal: abort.signal }))
        seen.push(line);
    })();
    await (await kit.probe('err=first', 'exit=0')).exited;
    const second = await kit.probe('err=second');
    await until('both', () => seen.length === 2);
    for (let i = 0; i < 300; i += 1) {
      appendFileSync(logFile(), `${String(i).padStart(999, '.')}\n`);
      if (i % 50 === 49) await until(`line ${i}`, () => seen.at(-1)?.endsWith(`.${i}`));
    }
    await second.stop(0);
    abort.abort();
    await following;
    expect(seen.slice(0, 2)).toEqual(['first', 'second']);
    expect(seen.slice(2).map((line) => Number(line.replaceAll('.', '')))).toEqual(Array.from({ length: 300 }, (_, i) => i));
    expect(await size('.1')).toBeGreaterThan(0);
  });

  it('of a workload with a process for each session shows the logs of its sessions', async () => {
    for (const unit of ['session-a', 'session-b']) {
      const backend = await kit.start(specOf({ args: [probe, `err=of ${unit}`, 'exit=0'] }), undefined, unit);
      await backend.exited;
      expect(await backend.lastLines(5)).toEqual([`of ${unit}`]);
    }
    expect(await texts()).toEqual(['of session-a', 'of session-b']);
  });
});

it('keeps stdout of a stdio server out of the log', async () => {
  const backend = await kit.probe('out=a message', 'err=a line');
  const seen = collect(backend);
  await until('both', async () => seen.text === 'a message\n' && (await backend.lastLines(1))[0] === 'a line');
  expect(await readFile(logFile(), 'utf8')).toBe('a line\n');
});
