// A process that writes state as fast as it can until it is killed, and says on stdout what is on disk.
//   node state-writer.mjs FOLDER
import type { Log } from '../../../src/core/ports/log.ts';
import type { WorkloadSpec } from '../../../src/core/workload/spec.ts';
import { createEventLog } from '../../../src/state/event-log.ts';
import { createSessionJournal } from '../../../src/state/session-journal.ts';
import { createStateStore } from '../../../src/state/state-store.ts';
import { aRecord, aSpec, aStatus } from './state-records.ts';

/** A line of its output: the newest of each kind that must be found after its death. */
export interface Written {
  readonly status: number;
  readonly session: number;
  readonly setAside: number;
}

const log: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, child: () => log };
const dir = process.argv[2] ?? '';
const store = createStateStore({ dir, log });
const journal = createSessionJournal({ dir, log, garbageBytes: 20_000 });
const { workloads, setAside } = await store.load();
const sessions = await journal.load();
const events = await createEventLog({ dir, log, fileBytes: 20_000 });

const specs: WorkloadSpec[] = [];
for (const name of ['a', 'b']) {
  const spec = workloads.find((workload) => workload.spec.name === name)?.spec ?? aSpec(name);
  await store.saveSpec(spec);
  specs.push(spec);
}
let churn = workloads.find((workload) => workload.spec.name === 'churn')?.spec ?? null;
let status = Math.max(0, ...workloads.map((workload) => workload.status?.generation ?? 0));
let session = Math.max(0, ...sessions.map((record) => record.createdAt));

for (;;) {
  status += 1;
  session += 1;
  events.append({ type: 'backend.ready', workload: 'a', message: `generation ${status}`, data: {} });
  if (churn !== null) await store.remove('churn', churn.id);
  churn = aSpec('churn');
  await Promise.all([
    store.saveSpec(churn),
    ...specs.map((spec) => store.saveStatus(spec.name, aStatus(spec, { generation: status }))),
    journal.put(aRecord('w', `s${session % 20}`, { createdAt: session })),
  ]);
  process.stdout.write(`${JSON.stringify({ status, session, setAside: setAside.length } satisfies Written)}\n`);
}
