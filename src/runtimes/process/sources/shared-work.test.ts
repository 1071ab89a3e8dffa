import { describe, expect, it } from 'vitest';
import { createSharedWork } from './shared-work.ts';

const never = new AbortController().signal;

describe('createSharedWork', () => {
  it('does once what several ask for', async () => {
    const shared = createSharedWork<number>();
    let runs = 0;
    const work = async (): Promise<number> => {
      runs += 1;
      await new Promise((resolve) => setImmediate(resolve));
      return runs;
    };
    expect(await Promise.all([shared.join('a', never, work), shared.join('a', never, work)])).toEqual([1, 1]);
    expect(await shared.join('a', never, work)).toBe(2);
  });

  it('gives everybody the error, and tries again afterwards', async () => {
    const shared = createSharedWork<number>();
    const broken = async (): Promise<number> => {
      throw new Error('broken');
    };
    const both = await Promise.allSettled([shared.join('a', never, broken), shared.join('a', never, broken)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await shared.join('a', never, async () => 1)).toBe(1);
  });

  it('goes on when one of two leaves, and is aborted when the last one does', async () => {
    const shared = createSharedWork<number>();
    let aborted = false;
    const work = (signal: AbortSignal): Promise<number> =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          aborted = true;
          reject(new Error('aborted'));
        });
      });
    const [one, two] = [new AbortController(), new AbortController()];
    const first = shared.join('a', one.signal, work);
    const second = shared.join('a', two.signal, work);
    one.abort();
    await expect(first).rejects.toMatchObject({ code: 'HF_CANCELLED' });
    expect(aborted).toBe(false);
    two.abort();
    await expect(second).rejects.toThrow('aborted');
    expect(aborted).toBe(true);
  });
});
