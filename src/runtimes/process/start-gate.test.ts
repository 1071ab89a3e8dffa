import { describe, expect, it } from 'vitest';
import { createStartGate } from './start-gate.ts';

const never = new AbortController().signal;

describe('createStartGate', () => {
  it('lets two through at a time, in order, also after a failure', async () => {
    const gate = createStartGate(2);
    const finish: (() => void)[] = [];
    const begun: number[] = [];
    const starts = [0, 1, 2, 3].map((number) =>
      gate.enter(never, () => {
        begun.push(number);
        return new Promise<void>((resolve, reject) => {
          finish[number] = number === 1 ? () => reject(new Error('one')) : resolve;
        });
      }),
    );
    const ends = Promise.allSettled(starts);
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    await turn();
    expect(begun).toEqual([0, 1]);
    finish[1]?.();
    await turn();
    expect(begun).toEqual([0, 1, 2]);
    finish[0]?.();
    finish[2]?.();
    await turn();
    expect(begun).toEqual([0, 1, 2, 3]);
    finish[3]?.();
    expect((await ends).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  });

  it('lets a start that was called off leave the queue', async () => {
    const gate = createStartGate(1);
    let finish: () => void = () => {};
    const first = gate.enter(never, () => new Promise<void>((resolve) => (finish = resolve)));
    const abort = new AbortController();
    const second = gate.enter(abort.signal, async () => 'second');
    const third = gate.enter(never, async () => 'third');
    abort.abort();
    await expect(second).rejects.toMatchObject({ code: 'HF_CANCELLED' });
    finish();
    await first;
    expect(await third).toBe('third');
    expect(await gate.enter(never, async () => 'fourth')).toBe('fourth');
  });

  it('gives each spawn a turn of its own', async () => {
    const gate = createStartGate(2);
    const order: string[] = [];
    const spawn = async (name: string): Promise<void> => {
      await gate.turn();
      order.push(name);
      setImmediate(() => order.push(`turn after ${name}`));
    };
    await Promise.all([spawn('a'), spawn('b')]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(order.indexOf('turn after a')).toBeLessThan(order.indexOf('turn after b'));
    expect(order.indexOf('b')).toBeGreaterThan(order.indexOf('a'));
  });
});
