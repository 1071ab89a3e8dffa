import { describe, expect, it } from 'vitest';
import { looksSecret, maskArguments, secretLikeArguments } from './secret-like.ts';

describe('what looks like a secret', () => {
  it.each([
    ['GITHUB_TOKEN', 'abc'],
    ['OPENAI_API_KEY', 'x'],
    ['db.password', 'x'],
    ['X', 'ghp_0123456789abcdefghijABCDEFGHIJ'],
    ['X', 'sk-0123456789abcdefghij'],
    ['DATABASE_URL', 'postgres://user:pass@host/db'],
  ])('%s=%s', (name, value) => expect(looksSecret(name, value)).toBe(true));

  it.each([
    ['PATH', '/usr/bin'],
    ['TOKENIZER', 'gpt'],
    ['MONKEY', 'see'],
    ['API_TOKEN', ''],
    ['API_TOKEN', '$API_TOKEN'],
    ['API_TOKEN', '${API_TOKEN}'],
    ['URL', 'https://example.com/a:b@c'],
  ])('not %s=%s', (name, value) => expect(looksSecret(name, value)).toBe(false));

  it('finds arguments by their flag, their form and the flag before them', () => {
    const args = [
      '--verbose',
      '--api-key=abc',
      '--token',
      'abc',
      'API_KEY=abc',
      '--port',
      '80',
      'ghp_0123456789abcdefghijABCDEFGHIJ',
      '--secret',
      '--next',
    ];
    expect(secretLikeArguments(args)).toEqual([1, 3, 4, 7]);
    expect(maskArguments(args)).toEqual([
      '--verbose',
      '--api-key=***',
      '--token',
      '***',
      'API_KEY=***',
      '--port',
      '80',
      '***',
      '--secret',
      '--next',
    ]);
  });
});
