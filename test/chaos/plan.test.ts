import { expect, it } from 'vitest';
import { Random } from '../../simulation/time/random.ts';
import { planOf, type Step } from './plan.ts';

function first(seed: string, count: number): Step[] {
  const plan = planOf(new Random(seed), 3);
  return Array.from({ length: count }, () => plan.next().value);
}

it('the plan of a seed is always the same, and each of its rounds has every fault', () => {
  expect(first('1', 100)).toEqual(first('1', 100));
  expect(first('1', 100)).not.toEqual(first('2', 100));
  const rounds = first('3', 34).map(({ fault }) => fault);
  expect(new Set(rounds.slice(0, 17))).toEqual(new Set(rounds.slice(17)));
  expect(new Set(rounds).size).toBe(15);
});

it('no more than two faults meet', () => {
  for (const seed of ['1', '2', '3']) {
    const steps = first(seed, 500);
    expect(steps.some(({ calm }, index) => !calm && steps[index + 1]?.calm === false)).toBe(false);
  }
});
