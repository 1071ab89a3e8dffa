import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMarker, parseMarker } from './backend-marker.ts';

describe('the marker of a backend', () => {
  it('is instance, workload, generation', () => {
    expect(formatMarker({ instance: 'i-1', workload: 'memory', generation: 3, unit: null })).toBe('i-1/memory/3');
  });

  it('is read as it was written, whatever a session is called', () => {
    const unit = fc.option(fc.string({ unit: 'grapheme', minLength: 1 }), { nil: null });
    fc.assert(
      fc.property(fc.uuid(), fc.stringMatching(/^[a-z0-9_-]{1,63}$/), fc.nat(), unit, (instance, workload, generation, session) => {
        const marker = { instance, workload, generation, unit: session };
        expect(parseMarker(formatMarker(marker))).toEqual(marker);
      }),
    );
  });

  it.each(['', 'a', 'a/b', 'a/b/', 'a/b/x', 'a/b/-1', 'a/b/1.5', '/b/1', 'a//1', 'a/b/1/c/d', 'a/b/1/%zz'])('is not %j', (text) =>
    expect(parseMarker(text)).toBeNull(),
  );
});
