import { expect, it } from 'vitest';
import { ManualClock } from '../../../test/support/relay-fakes.ts';
import { Session } from './session.ts';
import { SessionStreams } from './session-streams.ts';

const primed = { stream: 'e1.7', requestId: '3' };
const record = {
  schema: 1,
  workloadId: 'w',
  id: 's',
  initializeParams: '{}',
  protocolVersion: '2025-11-25',
  initialized: true,
  backend: null,
  logLevel: null,
  subscriptions: [],
  clientKey: null,
  primed: [primed],
  createdAt: 0,
  lastSeenAt: 0,
} as const;

it('tells the end of a stream of an earlier Holdfast once, and lets the journal forget it only when its client comes back after that', () => {
  const journal: number[] = [];
  const streams = new SessionStreams('e2', new ManualClock(), (session) => Promise.resolve(void journal.push(session.primed.length)));
  const session = new Session(record);
  expect(streams.resumption(session, 'e1.7.1')).toEqual({ kind: 'daemon-restarted', ...primed });
  expect(session.record().primed).toEqual([primed]);
  expect(journal).toEqual([]);
  expect(streams.resumption(session, 'e1.7.1')).toEqual({ kind: 'finished' });
  expect(journal).toEqual([0]);
  expect(streams.resumption(session, 'e1.7.1')).toEqual({ kind: 'finished' });
  // Had this one died before that, the next would have told it.
  expect(new SessionStreams('e3', new ManualClock(), () => Promise.resolve()).resumption(new Session(record), 'e1.7.1').kind).toBe(
    'daemon-restarted',
  );
});
