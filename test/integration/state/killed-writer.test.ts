import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEventLog } from '../../../src/state/event-log.ts';
import { createSessionJournal } from '../../../src/state/session-journal.ts';
import { createStateStore } from '../../../src/state/state-store.ts';
import { type BundledProgram, bundleProgram } from '../platform/bundled-program.ts';
import { makeFolder, recordingLog } from './state-kit.ts';
import type { Written } from './state-writer.ts';

const KILLS = 50;
let program: BundledProgram;
beforeAll(async () => {
  program = await bundleProgram(new URL('state-writer.ts', import.meta.url));
});
afterAll(() => program.remove());

/** Runs a writer until it has said something `rounds` times, then kills it wherever it is. Answers the last that it said. */
function writeAndDie(dir: string, rounds: number, look: () => void): Promise<Written> {
  const child: ChildProcess = spawn(process.execPath, [program.file, dir], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    look();
    if (said.split('\n').length > rounds) child.kill('SIGKILL');
  });
  return new Promise((resolve, reject) => {
    child.once('close', (code) => {
      const last = said.split('\n').at(-2);
      if (code !== null || last === undefined) reject(new Error(`the writer ended with ${code ?? 'a signal'}: ${said}`));
      else resolve(JSON.parse(last) as Written);
    });
  });
}

describe(`a daemon that is killed ${KILLS} times while it writes (S41)`, () => {
  it('leaves state that is readable at every moment, and nothing that it had confirmed is lost', { timeout: 240_000 }, async () => {
    const dir = await makeFolder();
    let looks = 0;
    const look = (): void => {
      for (const name of ['a', 'b']) {
        for (const file of ['spec.json', 'status.json']) JSON.parse(readFileSync(join(dir, 'workloads', name, file), 'utf8'));
      }
      looks += 1;
    };

    let lastEvent = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const written = await writeAndDie(dir, 1 + (kill % 7), look);
      expect(written.setAside).toBe(0);

      const log = recordingLog();
      const { workloads, setAside } = await createStateStore({ dir, log }).load();
      expect(setAside).toEqual([]);
      for (const name of ['a', 'b']) {
        const found = workloads.find(({ spec }) => spec.name === name);
        expect(found?.status?.generation).toBeGreaterThanOrEqual(written.status);
      }
      expect(readdirSync(join(dir, 'workloads')).filter((name) => !['a', 'b', 'churn'].includes(name))).toEqual([]);

      const journal = createSessionJournal({ dir, log });
      const sessions = await journal.load();
      expect(Math.max(...sessions.map(({ createdAt }) => createdAt))).toBeGreaterThanOrEqual(written.session);
      expect(journal.setAside).toBeNull();

      const events = await createEventLog({ dir, log });
      const kept = (await events.since(0)).map(({ seq }) => seq);
      expect(kept).toEqual(kept.map((_, n) => (kept[0] ?? 0) + n));
      expect(kept.at(-1)).toBeGreaterThan(lastEvent);
      lastEvent = kept.at(-1) ?? 0;
    }
    expect(looks).toBeGreaterThanOrEqual(KILLS);
  });
});
