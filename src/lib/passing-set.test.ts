import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PassingSet } from './passing-set.ts';

describe('a set of passing elements', () => {
  it('does what a Set does', () => {
    const step = fc.record({ item: fc.nat({ max: 20 }), what: fc.constantFrom('add', 'delete', 'has') });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const items = Array.from({ length: 21 }, (_, name) => ({ name, place: 0 }));
        const model = new Set<object>();
        const set = new PassingSet<(typeof items)[number]>();
        for (const { item: index, what } of steps) {
          const item = items[index] as (typeof items)[number];
          if (what === 'add') {
            set.add(item);
            model.add(item);
          } else if (what === 'delete') expect(set.delete(item)).toBe(model.delete(item));
          else expect(set.has(item)).toBe(model.has(item));
          expect(set.size).toBe(model.size);
        }
        expect(set.values()).toEqual([...model]);
      }),
    );
  });

  it('does not take an element of another set for its own', () => {
    const [one, other] = [new PassingSet<{ place: number }>(), new PassingSet<{ place: number }>()];
    const [a, b] = [{ place: 0 }, { place: 0 }];
    one.add(a);
    other.add(b);
    expect([one.has(b), one.delete(b), other.has(a), one.size, other.size]).toEqual([false, false, false, 1, 1]);
  });
});
