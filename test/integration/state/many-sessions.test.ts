import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { createSessionJournal } from '../../../src/state/session-journal.ts';
import { makeFolder, recordingLog } from './state-kit.ts';
import { aRecord } from './state-records.ts';

const SESSIONS = 10_000;
/** Of the 4 KB that an idle session may cost in the whole daemon (product.md). One record alone has more than 2 KB here. */
const BYTES_A_SESSION = 400;

it('keeps 10,000 idle sessions without their records in memory', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const dir = await makeFolder();
  const initializeParams = JSON.stringify({ capabilities: { experimental: 'x'.repeat(2_000) } });
  const writer = createSessionJournal({ dir, log: recordingLog() });
  await writer.load();
  await Promise.all(
    Array.from({ length: SESSIONS }, (_, n) =>
      writer.put(aRecord(`w${n % 50}`, `session-${n.toString().padStart(28, '0')}`, { initializeParams })),
    ),
  );
  await writer.close();

  const journal = createSessionJournal({ dir, log: recordingLog() });
  collect();
  const before = process.memoryUsage().heapUsed;
  // In a function of its own, so that nothing of this one holds the records.
  const count = await (async () => (await journal.load()).length)();
  expect(count).toBe(SESSIONS);
  collect();
  const used = (process.memoryUsage().heapUsed - before) / SESSIONS;
  console.log(`${Math.round(used)} bytes a session`);
  expect(used).toBeLessThan(BYTES_A_SESSION);
  expect(journal.sessions).toBe(SESSIONS);
  await journal.close();
});
