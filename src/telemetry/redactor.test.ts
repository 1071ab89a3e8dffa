import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor } from './redactor.ts';

/** Secrets of which no part can be made by the mask itself. */
const secret = fc.string({ minLength: 4, maxLength: 12 }).filter((value) => !value.includes('*'));

function redactorOf(...values: string[]) {
  const redactor = createRedactor();
  redactor.add('w', values);
  return redactor;
}

describe('the redactor', () => {
  it('masks known values, the longest where several begin, and overlapping ones as one', () => {
    const { redact } = redactorOf('hunter2', 'hunter2-long', 'longer');
    expect(redact('a hunter2, hunter2-long and hunter2-longer')).toBe('a ***, *** and ***');
    expect(redact('nothing here')).toBe('nothing here');
  });

  it('ignores values under 4 characters', () => expect(redactorOf('abc', '').redact('abc')).toBe('abc'));

  it('leaves no secret in any text', () => {
    fc.assert(
      fc.property(fc.array(secret, { minLength: 1, maxLength: 8 }), fc.array(fc.oneof(fc.string(), fc.nat(7))), (secrets, parts) => {
        const text = parts.map((part) => (typeof part === 'number' ? (secrets[part % secrets.length] ?? '') : part)).join('');
        const redacted = redactorOf(...secrets).redact(text);
        for (const value of secrets) expect(redacted).not.toContain(value);
      }),
    );
  });

  it('changes nothing in a text without secrets', () => {
    fc.assert(
      fc.property(fc.array(secret, { maxLength: 8 }), fc.string(), (secrets, text) => {
        const forms = secrets.flatMap((value) => [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)]);
        fc.pre(forms.every((form) => !text.includes(form)));
        expect(redactorOf(...secrets).redact(text)).toBe(text);
      }),
    );
  });

  it('knows how a secret reads inside JSON and inside a URL', () => {
    const value = 'p"a\\ss\nwörd/&=';
    const { redact } = redactorOf(value);
    expect(redact(JSON.stringify({ password: value }))).toBe('{"password":"***"}');
    expect(redact(`https://host/?key=${encodeURIComponent(value)}&x=1`)).toBe('https://host/?key=***&x=1');
    expect(redactorOf('\ud800half').redact('a \ud800half')).toBe('a ***');
  });

  it('masks the long lines of a secret of several lines', () => {
    const { redact } = redactorOf('-----BEGIN KEY-----\nMIIEvQIBADANBg\nshort\n');
    expect(redact('loaded MIIEvQIBADANBg, short')).toBe('loaded ***, short');
  });

  it('forgets what an owner had, but not what another one has too', () => {
    const redactor = createRedactor();
    redactor.add('a', ['shared', 'only-a']);
    redactor.add('b', ['shared']);
    redactor.remove('a');
    expect(redactor.redact('shared only-a')).toBe('*** only-a');
    redactor.add('b', ['other']);
    expect(redactor.redact('shared other')).toBe('shared ***');
  });

  it('goes through plain data, keys and errors included, and stops at cycles and depth', () => {
    const { redactDeep } = redactorOf('hunter2');
    const data = { list: ['hunter2', 1, null], hunter2: { deep: 'x hunter2 y' }, big: 12n, when: new Date(0) };
    expect(redactDeep(data)).toEqual({ list: ['***', 1, null], '***': { deep: 'x *** y' }, big: '12', when: new Date(0) });
    const failure = Object.assign(new Error('no hunter2', { cause: new TypeError('hunter2') }), { code: 'E' });
    expect(redactDeep({ failure })).toMatchObject({
      failure: { name: 'Error', message: 'no ***', code: 'E', cause: { name: 'TypeError', message: '***' } },
    });
    const cycle: Record<string, unknown> = { a: 1 };
    cycle['self'] = cycle;
    expect(redactDeep(cycle)).toEqual({ a: 1, self: '[circular]' });
    let deep: unknown = 'end';
    for (let n = 0; n < 100; n += 1) deep = { deep };
    expect(JSON.stringify(redactDeep(deep))).toContain('[too deep]');
  });

  it('does not change what it was given', () => {
    const data = { a: ['hunter2'] };
    redactorOf('hunter2').redactDeep(data);
    expect(data).toEqual({ a: ['hunter2'] });
  });
});
