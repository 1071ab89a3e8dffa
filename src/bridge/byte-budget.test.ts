import { expect, it } from 'vitest';
import { ByteBudget } from './byte-budget.ts';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('lets in what fits, and the rest in its order as room is made', async () => {
  const budget = new ByteBudget(100);
  const entered: string[] = [];
  const enter = async (name: string, bytes: number): Promise<() => void> => {
    const giveBack = await budget.take(bytes);
    entered.push(name);
    return giveBack;
  };
  const first = await enter('first', 60);
  const second = enter('second', 60);
  const third = enter('third', 10);
  await settled();
  expect(entered).toEqual(['first']);
  first();
  await settled();
  expect(entered).toEqual(['first', 'second', 'third']);
  (await second)();
  (await third)();
});

it('lets in alone what is larger than all of it', async () => {
  const budget = new ByteBudget(100);
  const small = await budget.take(1);
  let isIn = false;
  const large = budget.take(1_000).then((giveBack) => {
    isIn = true;
    return giveBack;
  });
  await settled();
  expect(isIn).toBe(false);
  small();
  (await large)();
  expect(isIn).toBe(true);
});
