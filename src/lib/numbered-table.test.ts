import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NumberedTable } from './numbered-table.ts';

describe('a numbered table', () => {
  it('does what a Map with a counter does, whoever stays how long', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 9 }), { maxLength: 600 }), (steps) => {
        const table = new NumberedTable<{ step: number }>();
        const model = new Map<number, { step: number }>();
        let last = 0;
        for (const [step, choice] of steps.entries()) {
          const known = [...model.keys()];
          if (choice < 6) {
            const number = table.add({ step });
            expect(number).toBeGreaterThan(last);
            last = number;
            model.set(number, table.get(number) as { step: number });
          } else if (choice === 9) {
            last = table.next();
            expect(table.get(last)).toBeUndefined();
          } else {
            const number = known[(choice * 7 + step) % Math.max(1, known.length)] ?? 0;
            expect(table.take(number)).toBe(model.get(number));
            model.delete(number);
            expect(table.take(number)).toBeUndefined();
          }
          expect(table.size).toBe(model.size);
        }
        for (const [number, item] of model) expect(table.get(number)).toBe(item);
        expect(table.values()).toEqual([...model.values()]);
        table.clear();
        expect([table.size, table.values(), table.add({ step: -1 }) > last]).toEqual([0, [], true]);
      }),
    );
  });

  it('steps over the place of something that stays', () => {
    const table = new NumberedTable<string>();
    const stays = table.add('stays');
    for (let count = 0; count < 1_000; count += 1) table.take(table.add('passes'));
    expect(table.get(stays)).toBe('stays');
    expect(table.values()).toEqual(['stays']);
  });
});
