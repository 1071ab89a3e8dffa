import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { boundedSignal } from './bounded-signal.ts';

describe('a bounded signal', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('ends after its time', () => {
    const bounded = boundedSignal(new AbortController().signal, 100);
    vi.advanceTimersByTime(99);
    expect([bounded.signal.aborted, bounded.late]).toEqual([false, false]);
    vi.advanceTimersByTime(1);
    expect([bounded.signal.aborted, bounded.late]).toEqual([true, true]);
  });

  it('ends with the other one, now or before', () => {
    const other = new AbortController();
    const bounded = boundedSignal(other.signal, 100);
    other.abort(new Error('enough'));
    expect([bounded.signal.aborted, bounded.late, bounded.signal.reason]).toEqual([true, false, new Error('enough')]);
    bounded.release();
    expect(boundedSignal(other.signal, 100).signal.aborted).toBe(true);
  });

  it('that was released keeps nothing alive', () => {
    const bounded = boundedSignal(new AbortController().signal, 100);
    bounded.release();
    expect(vi.getTimerCount()).toBe(0);
    expect(bounded.signal.aborted).toBe(false);
  });
});
