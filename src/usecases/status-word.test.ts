import { describe, expect, it } from 'vitest';
import { describeState, statusWord } from './status-word.ts';

const reason = (code: string) => ({ code, message: 'because' });

describe('the status word', () => {
  it.each([
    ['starting', 'unknown', null, 'starting'],
    ['restarting', 'unknown', null, 'starting'],
    ['backoff', 'unknown', reason('crash-looping'), 'starting'],
    ['running', 'healthy', null, 'running'],
    ['running', 'degraded', null, 'running'],
    ['running', 'unhealthy', null, 'unhealthy'],
    ['stopping', 'healthy', null, 'stopping'],
    ['stopping', 'healthy', reason('removing'), 'removing'],
    ['stopped', 'unknown', null, 'stopped'],
    ['failed', 'unknown', reason('attempts-exhausted'), 'error'],
    ['running', 'degraded', reason('paused'), 'unhealthy'],
    ['running', 'degraded', reason('runtime-unavailable'), 'unknown'],
    ['backoff', 'unknown', reason('HF_RUNTIME_UNAVAILABLE'), 'unknown'],
    ['stopped', 'unknown', reason('removed-outside'), 'stopped'],
    ['stopped', 'unknown', reason('stopped-outside'), 'stopped'],
    ['stopped', 'unknown', reason('HF_RUNTIME_UNAVAILABLE'), 'stopped'],
    ['running', 'unknown', reason('HF_RUNTIME_UNAVAILABLE'), 'unknown'],
  ] as const)('of %s, %s, %o is %s', (lifecycle, health, why, word) => {
    expect(statusWord({ lifecycle, health, reason: why })).toBe(word);
  });

  it('comes with the reason in messages', () => {
    expect(describeState({ lifecycle: 'failed', reason: reason('x') })).toBe('failed: because');
    expect(describeState({ lifecycle: 'running', reason: null })).toBe('running');
  });
});
