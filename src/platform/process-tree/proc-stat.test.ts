import { describe, expect, it } from 'vitest';
import { findVariable, parseProcStat } from './proc-stat.ts';

const tail = '1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 8675309 2461696 200 18446744073709551615';

describe('parseProcStat', () => {
  it('reads pid, parent, group, session and start time', () => {
    const line = `4242 (node) S 17 4200 4199 0 -${tail}`;
    expect(parseProcStat(line)).toEqual({ pid: 4242, ppid: 17, group: 4200, session: 4199, startTime: '8675309', dead: false });
  });

  it('is not misled by a name with parentheses and spaces', () => {
    expect(parseProcStat(`7 (a) Z 1 (b) R 3 4 5 0 -${tail}`)).toMatchObject({ pid: 7, ppid: 3, group: 4, session: 5, dead: false });
  });

  it.each(['Z', 'X'])('calls state %s dead', (state) => {
    expect(parseProcStat(`7 (x) ${state} 3 4 5 0 -${tail}`)?.dead).toBe(true);
  });

  it.each(['', 'nonsense', '7 (x'])('answers null for %j', (text) => {
    expect(parseProcStat(text)).toBeNull();
  });
});

describe('findVariable', () => {
  const block = Buffer.from('PATH=/bin\0NOT_MARK=no\0MARK=a/b/3\0EMPTY=\0');
  it('finds a value', () => expect(findVariable(block, 'MARK')).toBe('a/b/3'));
  it('finds the first variable', () => expect(findVariable(block, 'PATH')).toBe('/bin'));
  it('finds an empty value', () => expect(findVariable(block, 'EMPTY')).toBe(''));
  it('does not take the end of a longer name for it', () => expect(findVariable(Buffer.from('XMARK=1\0'), 'MARK')).toBeNull());
  it('reads a block without a last NUL', () => expect(findVariable(Buffer.from('MARK=1'), 'MARK')).toBe('1'));
});
