import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fifoSignal } from './fifo.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-fifo-'));
  path = join(folder, 'alive');
  execFileSync('/usr/bin/mkfifo', [path]);
});
afterEach(() => rmSync(folder, { recursive: true }));

const never = new AbortController().signal;

/** Whether a promise has its answer after a few turns of the event loop. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void promise.then(() => (settled = true));
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  return settled;
}

describe('fifoSignal', () => {
  it('waits as long as anybody holds it open, and tells when the last one lets go', async () => {
    const holders = [openSync(path, constants.O_RDWR), openSync(path, constants.O_RDWR)];
    const signal = fifoSignal(path, never);
    closeSync(holders[0] ?? 0);
    expect(await isSettled(signal)).toBe(false);
    closeSync(holders[1] ?? 0);
    await signal;
  });

  it('tells when something is said, although it is still held open', async () => {
    const holder = openSync(path, constants.O_RDWR);
    const signal = fifoSignal(path, never);
    expect(await isSettled(signal)).toBe(false);
    writeSync(holder, '\n');
    await signal;
    closeSync(holder);
    expect(await isSettled(signal)).toBe(true);
  });

  it('tells at once when nobody holds it open', async () => {
    expect(await isSettled(fifoSignal(path, never))).toBe(true);
  });

  it('ends when it is called off', async () => {
    const holder = openSync(path, constants.O_RDWR);
    const abort = new AbortController();
    const signal = fifoSignal(path, abort.signal);
    abort.abort();
    expect(await isSettled(signal)).toBe(true);
    closeSync(holder);
  });

  it('rejects where there is none', async () => {
    await expect(fifoSignal(join(folder, 'none'), never)).rejects.toThrow('ENOENT');
  });
});
