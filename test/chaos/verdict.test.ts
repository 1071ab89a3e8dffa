import { describe, expect, it } from 'vitest';
import type { Call } from './call.ts';
import { judge, type Troubles } from './verdict.ts';

const TROUBLES: Troubles = {
  losses: new Map([['w', [1_000, 1_100, 6_000]]]),
  returns: new Map([['w', [2_000]]]),
  deaths: [{ from: 20_000, to: 20_500 }],
  removals: new Map([['w', [{ from: 40_000, to: 41_000 }]]]),
  executions: new Map([
    ['once', 1],
    ['twice', 2],
    ['thrice', 3],
  ]),
};

function call(tag: string, sentAt: number, doneAt: number | null, given: Partial<Call> = {}): Call {
  const outcome = doneAt === null ? null : 'answered';
  const made: Call = {
    tag,
    workload: 'w',
    server: 'w',
    tool: 'unsafe',
    sentAt,
    doneAt,
    outcome,
    foreign: false,
    code: null,
    mayHaveExecuted: null,
    error: null,
  };
  return { ...made, ...given };
}

const lost = { outcome: 'failed', code: 'HF_BACKEND_LOST' } as const;
const verdict = (...calls: Call[]): Partial<ReturnType<typeof judge>> => judge(calls, TROUBLES);

describe('the verdict on a run of chaos', () => {
  it('excuses an unsafe call that a loss caught, and none that was sent when the loss was known', () => {
    expect(verdict(call('a', 900, 1_001, lost))).toMatchObject({ caught: 1, wrong: [] });
    expect(verdict(call('a', 1_110, 1_500, lost)).wrong).toHaveLength(1);
    expect(verdict(call('a', 900, 1_001, { ...lost, workload: 'other' })).wrong).toHaveLength(1);
    expect(verdict(call('a', 900, 1_001, { outcome: 'failed', code: 'HF_HOLD_EXPIRED' })).wrong).toHaveLength(1);
  });

  it('excuses a safe call only where it was lost twice', () => {
    expect(verdict(call('a', 900, 1_001, { ...lost, tool: 'safe' })).wrong).toHaveLength(1);
    expect(verdict(call('a', 900, 1_500, { ...lost, tool: 'safe' })).wrong).toHaveLength(1);
    expect(verdict(call('a', 900, 6_001, { ...lost, tool: 'safe' }))).toMatchObject({ caughtTwice: 1, wrong: [] });
  });

  it('excuses a safe call whose server was lost before it had answered anything', () => {
    const caught = call('a', 5_900, 6_001, { ...lost, tool: 'safe' });
    expect(verdict(caught)).toMatchObject({ caughtNew: 1, wrong: [] });
    expect(verdict(caught, call('once', 1_500, 1_900)).wrong).toEqual([]);
    expect(verdict(caught, call('once', 5_000, 5_100)).wrong).toHaveLength(1);
  });

  it('excuses a safe call that a new Holdfast lost before its server had answered anything', () => {
    const lostAgain = { ...TROUBLES, losses: new Map([['w', [20_600]]]) };
    const caught = call('a', 20_400, 20_601, { ...lost, tool: 'safe' });
    expect(judge([caught], lostAgain)).toMatchObject({ caughtNew: 1, wrong: [] });
    expect(judge([caught, call('once', 20_510, 20_590, { server: 'another session' })], lostAgain).wrong).toEqual([]);
    expect(judge([caught, call('once', 20_510, 20_590)], lostAgain).wrong).toHaveLength(1);
  });

  it('excuses broken connections while Holdfast is dead, and all that fails while a workload is removed', () => {
    const broken = { outcome: 'failed', error: 'fetch failed' } as const;
    expect(verdict(call('a', 20_100, 20_101, broken), call('b', 19_000, 22_000, { ...lost, code: 'HF_DAEMON_RESTARTED' }))).toMatchObject({
      cutByDeath: 2,
      wrong: [],
    });
    expect(verdict(call('a', 21_000, 21_001, broken)).wrong).toHaveLength(1);
    expect(verdict(call('a', 40_500, 40_501, broken))).toMatchObject({ removed: 1, wrong: [] });
    expect(verdict(call('a', 41_001, 41_002, broken)).wrong).toHaveLength(1);
  });

  it('counts what must never be', () => {
    const calls = [
      call('twice', 0, 10),
      call('thrice', 0, 10, { tool: 'safe' }),
      call('once', 900, 1_001, { ...lost, mayHaveExecuted: false }),
      call('once', 0, 10, { foreign: true }),
      call('none', 0, 10),
      call('once', 0, null),
      call('once', 0, 50_000, { outcome: 'hung' }),
    ];
    expect(verdict(...calls).wrong).toHaveLength(calls.length);
    expect(verdict(call('once', 0, 10), call('twice', 0, 10, { tool: 'safe' }))).toMatchObject({ answered: 2, repeated: 1, wrong: [] });
  });
});
