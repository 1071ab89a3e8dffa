import { describe, expect, it } from 'vitest';
import { maskValues } from './mask-values.ts';

describe('a diff', () => {
  it('shows no value, also as JSON has it, whichever holds another', () => {
    const values = ['hunter2', 'hunter2-long', 'with "quotes"'];
    const text = values.map((value) => `-  "K": ${JSON.stringify(value)}`).join('\n');
    expect(maskValues(text, values)).toBe('-  "K": "***"\n-  "K": "***"\n-  "K": "***"');
  });

  it('keeps words that are everywhere', () => {
    expect(maskValues('production true 8080 abc', ['production', 'true', '8080', 'abc'])).toBe('production true 8080 abc');
  });
});
