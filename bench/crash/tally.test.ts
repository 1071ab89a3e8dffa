import { describe, expect, it } from 'vitest';
import type { Call, Kill } from './call.ts';
import { tally } from './tally.ts';

const KILL: Kill = { at: 100, killed: new Set([7]), detectedAt: 110, recoveredAt: 200, newClientAt: null, lostSessions: 0 };

function call(name: string, sentAt: number, given: Partial<Call> = {}): Call {
  const made: Call = {
    name,
    client: 0,
    safe: false,
    sentAt,
    doneAt: sentAt + 20,
    outcome: 'answered',
    who: 8,
    foreign: false,
    mayHaveExecuted: null,
    error: null,
  };
  return Object.assign(made, given);
}

const failed = { outcome: 'failed', who: null, error: 'lost' } as const;

describe('the tally of a crash series', () => {
  it('tells calls that a crash caught from calls that had to succeed', () => {
    const calls = [
      call('in flight', 90, failed),
      call('before detection', 105, failed),
      call('after detection', 120, failed),
      call('long before', 10, failed),
      call('safe', 105, { ...failed, safe: true }),
    ];
    expect(tally(calls, [KILL], new Map())).toMatchObject({ caughtFailed: 2, lateFailed: 2, safeFailed: 1, safe: 1, calls: 5 });
  });

  it('takes the first error for the detection where nobody says it', () => {
    const calls = [call('a', 90, { ...failed, doneAt: 130 }), call('b', 125, { ...failed, doneAt: 140 }), call('c', 135, failed)];
    expect(tally(calls, [{ ...KILL, detectedAt: null }], new Map())).toMatchObject({ caughtFailed: 2, lateFailed: 1 });
  });

  it('counts what must never be', () => {
    const calls = [
      call('twice', 300),
      call('repeated', 300, { safe: true }),
      call('denied', 90, { ...failed, mayHaveExecuted: false }),
      call('hung', 300, { outcome: 'hung' }),
      call('open', 300, { outcome: null, doneAt: null }),
      call('foreign', 300, { foreign: true }),
    ];
    const executions = new Map([
      ['twice', 2],
      ['repeated', 3],
      ['denied', 1],
    ]);
    const counted = tally(calls, [{ ...KILL, lostSessions: 3 }], executions);
    expect(counted).toMatchObject({ duplicated: 1, repeated: 1, moreThanTwice: 1, wronglyDenied: 1, hung: 2, foreign: 1, lostSessions: 3 });
  });
});
