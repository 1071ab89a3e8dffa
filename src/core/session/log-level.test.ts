import { describe, expect, it } from 'vitest';
import { mostVerbose, passesLevel } from './log-level.ts';

describe('mostVerbose', () => {
  it.each([
    [[], null],
    [[null, null], null],
    [['error', null, 'info'], 'info'],
    [['emergency', 'debug'], 'debug'],
    [['no such level', 'warning'], 'warning'],
  ])('%j', (levels, expected) => expect(mostVerbose(levels)).toBe(expected));
});

describe('passesLevel', () => {
  it.each([
    ['debug', null, true],
    ['debug', 'info', false],
    ['info', 'info', true],
    ['alert', 'info', true],
    ['no such level', 'error', true],
    [undefined, 'error', true],
  ])('%s for %s', (level, wanted, expected) => expect(passesLevel(level, wanted)).toBe(expected));
});
