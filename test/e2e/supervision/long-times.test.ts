import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Workload } from '../../../src/api/contract/workload.ts';
import { killServerOf } from '../../support/fixture.ts';
import { type DaemonInProcess, startInProcess } from './daemon-in-process.ts';
import { TINY_SERVER } from './life.ts';

// Months of ladders and budgets, which do not know what they start: with the one that starts in no time.
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

let daemon: DaemonInProcess;
beforeEach(async () => {
  daemon = await startInProcess();
});
afterEach(() => daemon.end());

/** Makes a workload with the usual restart policy. */
const run = (name: string, env: Readonly<Record<string, string>> = {}): Promise<void> =>
  daemon.run({ source: 'cmd:///bin/sh', name, args: [TINY_SERVER], env: { ...env } });

/** Kills the server and waits until that is known; no time goes by. */
async function crash(name: string): Promise<Workload> {
  const running = await daemon.workload(name);
  killServerOf(running);
  return daemon.until(name, 'was seen to die', ({ last_exit: exit }) => exit?.generation === running.generation);
}

const untilReady = (name: string): Promise<Workload> => daemon.until(name, 'is ready', ({ lifecycle }) => lifecycle === 'running');

/** Ms of the daemon's time until the next start; null where it is started at once. */
const delayOf = ({ next_start_at: next }: Workload): number | null => (next === null ? null : Date.parse(next) - daemon.clock.now());

it('S09 one crash a day for a month: each is restarted at once', async () => {
  await run('daily');
  for (let day = 1; day <= 30; day += 1) {
    await daemon.clock.advance(DAY);
    const died = await crash('daily');
    expect(delayOf(died)).toBeNull();
    // No time has to go by for it.
    expect(await untilReady('daily')).toMatchObject({ restarts: day, generation: day + 1 });
  }
  await daemon.clock.advance(MINUTE);
  expect(await daemon.workload('daily')).toMatchObject({ lifecycle: 'running', reason: null });
});

it('S09 one crash a minute for an hour: slowed down, shown as crash-looping, never given up', async () => {
  await run('hourly');
  const end = daemon.clock.now() + 60 * MINUTE;
  const crashes: { readonly at: number; readonly delay: number; readonly shown: string | undefined }[] = [];
  while (daemon.clock.now() < end) {
    await daemon.clock.advance(MINUTE);
    const died = await crash('hourly');
    const delay = delayOf(died) ?? 0;
    crashes.push({ at: daemon.clock.now(), delay, shown: died.reason?.code });
    expect(died.lifecycle).not.toBe('failed');
    await daemon.clock.advance(delay);
    await untilReady('hourly');
  }
  // Five at once; then the ladder, one step further each time, until the first of the five is ten minutes old.
  expect(crashes.slice(0, 10).map(({ delay }) => delay / SECOND)).toEqual([0, 0, 0, 0, 0, 5, 10, 20, 40, 0]);
  for (const { at, delay } of crashes) {
    const atOnce = crashes.filter((other) => other.delay === 0 && other.at <= at && other.at > at - 10 * MINUTE);
    expect(atOnce.length).toBeLessThanOrEqual(5);
    if (delay > 0) expect(atOnce).toHaveLength(5);
  }
  expect(crashes.length).toBeGreaterThan(40);
  expect(new Set(crashes.slice(5).map(({ shown }) => shown))).toEqual(new Set(['crash-looping']));
  expect(await daemon.workload('hourly')).toMatchObject({ status: 'running', reason: { code: 'crash-looping' }, restarts: crashes.length });
  // Once it has been quiet for as long as the budget's window, it is over.
  await daemon.clock.advance(11 * MINUTE);
  expect(await daemon.workload('hourly')).toMatchObject({ lifecycle: 'running', reason: null });
});

it('S09 stable is measured from ready: a server that boots for half a minute and dies at once was not', async () => {
  const gate = join(daemon.folder, 'gate');
  writeFileSync(gate, '');
  await run('slow', { GATE: gate });
  await daemon.clock.advance(11 * SECOND);
  rmSync(gate);
  expect(delayOf(await crash('slow'))).toBeNull();
  await daemon.until('slow', 'was started again', ({ generation, pid }) => generation === 2 && pid !== null);
  await daemon.clock.advance(30 * SECOND);
  writeFileSync(gate, '');
  await untilReady('slow');
  const died = await crash('slow');
  expect(delayOf(died)).toBe(5 * SECOND);
  expect(died).toMatchObject({ lifecycle: 'backoff', last_exit: { generation: 2 } });
});
