import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lives, makeKit, pidOf, probe, type RuntimeKit, specOf, until } from './runtime-kit.ts';

let kit: RuntimeKit;
beforeEach(async () => {
  kit = await makeKit();
});
afterEach(() => kit.close());

async function startWithEscapee(file: string): Promise<{ pid: number; escaped: number; exited: Promise<unknown> }> {
  const backend = await kit.start(specOf({ args: [probe, `child=${file}`, 'err=up'] }));
  await until('its child', async () => (await backend.lastLines(1)).includes('up'));
  return { pid: pidOf(backend), escaped: Number(await readFile(file, 'utf8')), exited: backend.exited };
}

it('kills what escaped the group of a server that died', async () => {
  const { pid, escaped, exited } = await startWithEscapee(join(kit.stateDir, 'child'));
  process.kill(pid, 'SIGKILL');
  expect(await exited).toMatchObject({ signal: 'SIGKILL' });
  await until('the escaped child is dead', () => !lives(escaped));
});

it('kills obsolete generations and keeps the others', async () => {
  const old = await startWithEscapee(join(kit.stateDir, 'old'));
  const kept = await startWithEscapee(join(kit.stateDir, 'kept'));
  const found = await kit.runtime.sweep({ id: 'any', name: 'probe', stopTimeoutMs: 0 }, new Set([2]));
  expect(found).toBe(2);
  expect([lives(old.pid), lives(old.escaped), lives(kept.pid), lives(kept.escaped)]).toEqual([false, false, true, true]);
  expect(await kit.runtime.sweep({ id: 'any', name: 'probe', stopTimeoutMs: 0 }, new Set([2]))).toBe(0);
});

it('leaves other workloads and other instances alone', async () => {
  const mine = await startWithEscapee(join(kit.stateDir, 'child'));
  const other = await makeKit();
  try {
    expect(await other.runtime.sweep({ id: 'any', name: 'probe', stopTimeoutMs: 0 }, null)).toBe(0);
    expect(await kit.runtime.sweep({ id: 'any', name: 'prob', stopTimeoutMs: 0 }, null)).toBe(0);
    expect([lives(mine.pid), lives(mine.escaped)]).toEqual([true, true]);
  } finally {
    await other.close();
  }
});

it('calls nobody alive who is only waiting to be collected', async () => {
  // `sleep` inherits the child of the shell that it replaced and never waits for it: a zombie with our marker in its past.
  const backend = await kit.start(specOf({ file: '/bin/sh', args: ['-c', 'sh -c "exit 0" & exec sleep 60'] }));
  await until('the exec', async () => (await readFile(`/proc/${pidOf(backend)}/comm`, 'utf8')) === 'sleep\n');
  await backend.stop(0);
  expect(lives(pidOf(backend))).toBe(false);
  expect(await kit.runtime.sweep({ id: 'any', name: 'probe', stopTimeoutMs: 0 }, null)).toBe(0);
});

it('ends what runs for workloads that nobody knows, and nothing else', async () => {
  const stranger = await startWithEscapee(join(kit.stateDir, 'stranger'));
  const other = await makeKit();
  try {
    const foreign = await other.start(specOf({ args: [probe] }));
    expect(await kit.runtime.sweepStrangers(new Set(['probe']))).toBe(0);
    expect(lives(stranger.pid)).toBe(true);
    expect(await kit.runtime.sweepStrangers(new Set(['known']))).toBe(2);
    expect([lives(stranger.pid), lives(stranger.escaped), lives(pidOf(foreign))]).toEqual([false, false, true]);
  } finally {
    await other.close();
  }
});
