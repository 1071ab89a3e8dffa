import { describe, expect, it } from 'vitest';
import { KeyedQueue } from './keyed-queue.ts';

/** A task that ends when it is told to. */
function heldTask(started: string[], name: string) {
  const settle = { end: (): void => {}, fail: (): void => {} };
  const promise = new Promise<string>((resolve, reject) => {
    settle.end = () => resolve(name);
    settle.fail = () => reject(new Error(name));
  });
  const run = (): Promise<string> => {
    started.push(name);
    return promise;
  };
  return { run, end: () => settle.end(), fail: () => settle.fail() };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a keyed queue', () => {
  it('runs tasks of one key one after the other, of several keys at once, and at most so many', async () => {
    const queue = new KeyedQueue(2);
    const started: string[] = [];
    const tasks = ['a1', 'a2', 'b1', 'c1'].map((name) => heldTask(started, name));
    const results = tasks.map((task, n) => queue.run(['a', 'a', 'b', 'c'][n] ?? '', task.run));
    await turn();
    expect(started).toEqual(['a1', 'b1']);
    tasks[0]?.end();
    await turn();
    expect(started).toEqual(['a1', 'b1', 'c1']);
    tasks[2]?.end();
    await turn();
    expect(started).toEqual(['a1', 'b1', 'c1', 'a2']);
    tasks[1]?.end();
    tasks[3]?.end();
    expect(await Promise.all(results)).toEqual(['a1', 'a2', 'b1', 'c1']);
  });

  it('goes on after a failure, which its caller gets', async () => {
    const queue = new KeyedQueue(1);
    const first = heldTask([], 'first');
    const failed = queue.run('a', first.run);
    const second = queue.run('a', () => Promise.resolve('second'));
    first.fail();
    await expect(failed).rejects.toThrow('first');
    expect(await second).toBe('second');
  });
});
