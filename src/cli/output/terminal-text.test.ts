import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainText, terminalLine } from './terminal-text.ts';

const ESC = '\u001b';

describe('lines of servers on a terminal', () => {
  it('keep their colours, which end with the line', () => {
    expect(terminalLine(`${ESC}[1;31mred${ESC}[0m`)).toBe(`${ESC}[1;31mred${ESC}[0m${ESC}[0m`);
    expect(terminalLine(`${ESC}[38:5:1mred`)).toBe(`${ESC}[38:5:1mred${ESC}[0m`);
  });

  it('show every other control byte escaped', () => {
    expect(terminalLine(`a${ESC}[2Jb`)).toBe('a\\x1b[2Jb');
    expect(terminalLine(`${ESC}]0;title\u0007`)).toBe('\\x1b]0;title\\x07');
    expect(terminalLine('a\rb\u0000\u009b31mc\u202ed')).toBe('a\\x0db\\x00\\x9b31mc\\u202ed');
    expect(terminalLine('tab\tstays, ünïcödé 🎉 too')).toBe('tab\tstays, ünïcödé 🎉 too');
  });

  it('let nothing but colours through, whatever comes', () => {
    const piece = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(ESC, `${ESC}[`, '31m', ';', '\u009b', '\u0007'));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const shown = terminalLine(pieces.join('')).replace(new RegExp(`${ESC}\\[[0-9;:]*m`, 'g'), '');
        const controls = Array.from(shown).filter((character) => /\p{Cc}/u.test(character) && character !== '\t');
        expect(controls).toEqual([]);
      }),
    );
  });

  it('and texts pass no colours at all, but line ends', () => expect(plainText(`${ESC}[31mx\ny`)).toBe('\\x1b[31mx\ny'));
});
