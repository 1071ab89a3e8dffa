import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainText } from './plain-text.ts';

describe('plainText', () => {
  it.each([
    ['plain', 'plain'],
    ['\u001b[31mred\u001b[0m text', 'red text'],
    ['\u001b[38;2;1;2;3mdeep\u001b[m', 'deep'],
    ['\u001b]0;title\u0007after', 'after'],
    ['\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\', 'link'],
    ['\u001b(Bx\u001b=y', 'xy'],
    ['10%\r50%\r100%', '100%'],
    ['windows\r', 'windows'],
    ['tab\tstays\u0000\u0008', 'tab\tstays'],
    ['é ü 日本 🙂', 'é ü 日本 🙂'],
    ['cut \u001b[3', 'cut '],
    ['cut \u001b', 'cut '],
  ])('%j reads %j', (line, plain) => expect(plainText(line)).toBe(plain));

  it('never lets a control character through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (line) => {
        for (const char of plainText(line)) {
          const code = char.charCodeAt(0);
          expect(code === 9 || (code >= 0x20 && (code < 0x7f || code > 0x9f))).toBe(true);
        }
      }),
    );
  });
});
