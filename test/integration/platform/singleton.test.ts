import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { acquireSingleton } from '../../../src/platform/singleton.ts';
import { until } from '../../support/until.ts';
import { type BundledProgram, bundleProgram } from './bundled-program.ts';
import type { StarterSaid } from './singleton-starter.ts';

let program: BundledProgram;
let dir: string;
const children: ChildProcess[] = [];
beforeAll(async () => {
  program = await bundleProgram(new URL('singleton-starter.ts', import.meta.url));
});
afterAll(() => program.remove());
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-singleton-'));
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await until('all starters have ended', () => children.every((child) => child.exitCode !== null || child.signalCode !== null));
  children.length = 0;
  rmSync(dir, { recursive: true });
});

function startOne(folder = dir): Promise<StarterSaid> {
  const child = spawn(process.execPath, [program.file, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.endsWith('\n')) resolve(JSON.parse(text) as StarterSaid);
    });
    child.once('exit', (code) => reject(new Error(`a starter ended with ${code ?? 'a signal'}`)));
  });
}

describe('the mutex of a state folder', () => {
  it('is taken by exactly one of 20 processes that start at once', async () => {
    const said = await Promise.all(Array.from({ length: 20 }, () => startOne()));
    const holders = said.filter(({ held }) => held);
    expect(holders).toHaveLength(1);
    expect(readFileSync(join(dir, 'holder'), 'utf8')).toBe(String(holders[0]?.pid));
  });

  it('is free again when its holder was killed, with nothing to clean up', async () => {
    const first = await startOne();
    expect(await acquireSingleton(dir)).toBeNull();
    process.kill(first.pid, 'SIGKILL');
    const mine = await until('it is free', () => acquireSingleton(dir));
    await mine.release();
  });

  it('can be given up and taken again by the same process', async () => {
    const first = await acquireSingleton(dir);
    expect(await acquireSingleton(dir)).toBeNull();
    await first?.release();
    const second = await acquireSingleton(dir);
    expect(second).not.toBeNull();
    await second?.release();
  });

  it('belongs to the folder, whatever links lead to it; other folders have their own', async () => {
    const link = `${dir}-link`;
    symlinkSync(dir, link);
    const other = mkdtempSync(join(tmpdir(), 'holdfast-singleton-'));
    try {
      const first = await acquireSingleton(dir);
      expect(await acquireSingleton(link)).toBeNull();
      const second = await acquireSingleton(other);
      expect(second).not.toBeNull();
      await first?.release();
      await second?.release();
    } finally {
      rmSync(link);
      rmSync(other, { recursive: true });
    }
  });
});
