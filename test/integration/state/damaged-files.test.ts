import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { createStateStore } from '../../../src/state/state-store.ts';
import { recordingLog } from './state-kit.ts';
import { aSpec, aStatus } from './state-records.ts';

/** What can happen to the bytes of a file: cut off, a stretch overwritten, replaced as a whole, or any JSON. */
const damage: fc.Arbitrary<(bytes: Buffer) => Buffer> = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }).map((share) => (bytes: Buffer) => bytes.subarray(0, Math.floor(bytes.length * share))),
  fc
    .tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.uint8Array({ minLength: 1, maxLength: 40 }))
    .map(([share, noise]) => (bytes: Buffer) => {
      const copy = Buffer.from(bytes);
      copy.set(noise.subarray(0, Math.max(0, copy.length - Math.floor(copy.length * share))), Math.floor(copy.length * share));
      return copy;
    }),
  fc.uint8Array({ maxLength: 200 }).map((noise) => () => Buffer.from(noise)),
  fc.json().map((text) => () => Buffer.from(text)),
);

describe('a state folder with damaged files (S41)', () => {
  it('loads: every other workload is there, and no byte of the damaged file is lost', async () => {
    const property = fc.asyncProperty(fc.constantFrom('spec.json', 'status.json'), damage, async (name, change) => {
      const dir = mkdtempSync(join(tmpdir(), 'holdfast-damaged-'));
      try {
        const [hit, other] = [aSpec('hit'), aSpec('other')];
        for (const spec of [hit, other]) {
          mkdirSync(join(dir, 'workloads', spec.name), { recursive: true });
          writeFileSync(join(dir, 'workloads', spec.name, 'spec.json'), JSON.stringify(spec));
          writeFileSync(join(dir, 'workloads', spec.name, 'status.json'), JSON.stringify(aStatus(spec)));
        }
        const folder = join(dir, 'workloads', 'hit');
        const bytes = change(readFileSync(join(folder, name)));
        writeFileSync(join(folder, name), bytes);

        const store = createStateStore({ dir, log: recordingLog() });
        const loaded = await store.load().catch((error: unknown) => {
          // Only a file that says so itself is of a newer version.
          const schema = (JSON.parse(bytes.toString()) as { schema?: unknown }).schema;
          if ((error as { code?: unknown }).code !== 'HF_STATE_NEWER' || !(Number(schema) > 1)) throw error;
          return null;
        });
        if (loaded === null) return;
        const survivor = loaded.workloads.find(({ spec }) => spec.name === 'other');
        if (JSON.stringify(survivor) !== JSON.stringify({ spec: other, status: aStatus(other) }))
          throw new Error('the other workload was lost');

        const aside = loaded.setAside.map(({ file }) => file);
        const kept = readdirSync(folder).map((entry) => join(folder, entry));
        const holder = aside[0] ?? join(folder, name);
        if (aside.length > 1 || !kept.includes(holder) || !readFileSync(holder).equals(bytes)) throw new Error('bytes were lost');
        if (aside.length === 1 && statSync(folder).isDirectory() && kept.includes(join(folder, name)))
          throw new Error('it is still in place');

        // And the name is free for a new one.
        const fresh = aSpec('hit');
        await store.saveSpec(fresh);
        const again = await createStateStore({ dir, log: recordingLog() }).load();
        if (!again.workloads.some(({ spec }) => spec.id === fresh.id)) throw new Error('the name cannot be used again');
      } finally {
        rmSync(dir, { recursive: true, force: true });
      }
    });
    await fc.assert(property, { numRuns: 100 });
  });
});
