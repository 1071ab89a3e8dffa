import { describe, expect, it } from 'vitest';
import type { EngineEvent } from './engine-events.ts';
import { ToldEvents } from './told-events.ts';

function event(stamp: string, action: EngineEvent['action'] = 'start', id = 'a'): EngineEvent {
  return { action, id, name: '', labels: {}, at: 0, stamp, exitCode: null, signal: null, health: null };
}

describe('events that were told', () => {
  it('are not told again', () => {
    const told = new ToldEvents(null);
    expect(told.isNew(event('100.000000001'))).toBe(true);
    expect(told.isNew(event('100.000000001'))).toBe(false);
    expect(told.isNew(event('100.000000001', 'die'))).toBe(true);
    expect(told.isNew(event('100.000000001', 'start', 'b'))).toBe(true);
    expect(told.isNew(event('100.000000002'))).toBe(true);
  });

  it('may come in another order than that of their times', () => {
    const told = new ToldEvents(null);
    expect(told.isNew(event('100.500000000'))).toBe(true);
    expect(told.isNew(event('100.400000000', 'die'))).toBe(true);
    expect(told.isNew(event('98.400000000', 'die'))).toBe(true);
  });

  it('are asked for from a second before the last, to the nanosecond', () => {
    const told = new ToldEvents(null);
    expect(told.since()).toBeNull();
    told.isNew(event('1795550118.296480538'));
    expect(told.since()).toBe('1795550117.296480538');
    told.isNew(event('1795550119.000000001'));
    expect(told.since()).toBe('1795550118.000000001');
  });

  it('before a stamp that was given are not told', () => {
    const told = new ToldEvents('100.500000000');
    expect(told.since()).toBe('100.500000000');
    expect(told.isNew(event('100.500000000'))).toBe(false);
    expect(told.isNew(event('100.400000000'))).toBe(false);
    expect(told.isNew(event('100.500000001'))).toBe(true);
    expect(told.since()).toBe('100.500000000');
  });

  it('are forgotten after a while', () => {
    const told = new ToldEvents(null);
    for (let second = 100; second < 400; second += 1) told.isNew(event(`${second}.000000000`));
    // As old as no engine repeats.
    expect(told.isNew(event('100.000000000'))).toBe(true);
    expect(told.isNew(event('390.000000000'))).toBe(false);
  });
});
