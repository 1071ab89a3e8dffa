import { describe, expect, it } from 'vitest';
import { restartFlags, restartRequest } from './restart-flags.ts';

const absent = {
  restart: undefined,
  restartStable: undefined,
  restartImmediate: undefined,
  restartDelays: undefined,
  restartJitter: undefined,
  restartAttempts: undefined,
};

describe('restart flags', () => {
  it('ask for nothing when none was given', () => expect(restartRequest(absent)).toBeUndefined());

  it.each([
    ['5/10m', { count: 5, window_ms: 600_000 }],
    ['3', { count: 3, window_ms: 600_000 }],
    ['0', { count: 0, window_ms: 600_000 }],
    ['unlimited', { count: null, window_ms: 600_000 }],
  ])('read --restart-immediate %s', (text, value) => expect(restartFlags.restartImmediate.read([text], 'x')).toEqual(value));

  it.each(['', 'many', '5/', '-1', '5/10x'])('refuse --restart-immediate %j', (text) => {
    expect(() => restartFlags.restartImmediate.read([text], 'x')).toThrow(expect.objectContaining({ code: 'HF_USAGE' }));
  });

  it('read delays and shares', () => {
    expect(restartFlags.restartDelays.read(['5s, 10s,1m'], 'x')).toEqual([5_000, 10_000, 60_000]);
    expect(restartFlags.restartJitter.read(['0.25'], 'x')).toBe(0.25);
    for (const text of ['1.5', '-0.1', 'x', '']) expect(() => restartFlags.restartJitter.read([text], 'x')).toThrow('from 0 to 1');
    expect(restartRequest({ ...absent, restartAttempts: 0 })).toMatchObject({ attempts: 0 });
  });
});
