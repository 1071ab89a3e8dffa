import { describe, expect, it } from 'vitest';
import { parseEnvFile } from './env-file.ts';

describe('an environment file', () => {
  it('is KEY=VALUE lines with comments, quotes and export', () => {
    const text = [
      '\uFEFF# comment',
      '',
      'A=1',
      'export B = two words ',
      'C="a\\nb \\"q\\" \\\\"',
      "D='raw\\n'",
      'E=',
      'F=a=b#c',
      'G.h-i=1\r',
    ].join('\n');
    expect(parseEnvFile(text, 'x.env')).toEqual({ A: '1', B: 'two words', C: 'a\nb "q" \\', D: 'raw\\n', E: '', F: 'a=b#c', 'G.h-i': '1' });
  });

  it.each([
    ['A=1\nnonsense', 2],
    ['1A=x', 1],
    ['=x', 1],
    ['\n\nA="open', 3],
    ["A='", 1],
  ])('names file and line of %j and repeats nothing of it', (text, line) => {
    expect(() => parseEnvFile(text, 'x.env')).toThrow(
      expect.objectContaining({ code: 'HF_ENV_FILE', message: expect.stringContaining(`x.env:${line}`) as string }),
    );
    expect(() => parseEnvFile(text, 'x.env')).not.toThrow(/nonsense/);
  });
});
