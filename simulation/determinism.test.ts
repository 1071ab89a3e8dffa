import { describe, expect, it } from 'vitest';
import { runSeed } from './run-seed.ts';

describe('a run', () => {
  it.each(['1', '28', '31', '112', 'any text'])('is the same each time that it is made from seed %s', async (seed) => {
    const { traceHash, steps, counts } = await runSeed(seed);
    expect(await runSeed(seed)).toMatchObject({ traceHash, steps, counts });
  });

  it('is another one for another seed', async () => {
    expect((await runSeed('1')).traceHash).not.toBe((await runSeed('2')).traceHash);
  });
});
