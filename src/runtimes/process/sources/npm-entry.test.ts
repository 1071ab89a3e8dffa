import { describe, expect, it } from 'vitest';
import { chooseBin } from './npm-entry.ts';

describe('chooseBin', () => {
  it.each([
    ['x', 'cli.js', 'cli.js'],
    ['@s/x', 'cli.js', 'cli.js'],
    ['@s/x', { x: 'a.js', y: 'b.js' }, 'a.js'],
    ['x', { other: 'a.js' }, 'a.js'],
    ['x', { one: 'a.js', two: 'a.js' }, 'a.js'],
    ['x', { one: 'a.js', two: 'b.js' }, ['one', 'two']],
    ['x', undefined, []],
    ['x', {}, []],
  ])('of %s with %j is %j', (name, bin, chosen) => expect(chooseBin(name, bin)).toEqual(chosen));
});
