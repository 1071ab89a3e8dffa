import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WorkloadSpec } from '../core/workload/spec.ts';
import { withSecrets } from './resolve-secrets.ts';

const spec = (more: Partial<WorkloadSpec>): WorkloadSpec =>
  ({ launch: { env: { A: 'given', PATH: '/bin' } }, secretEnv: ['A'], userEnv: ['A', 'B'], ...more }) as unknown as WorkloadSpec;
const secrets = (values: Readonly<Record<string, string | Uint8Array>>) => ({
  get: async (name: string) => {
    const value = values[name];
    return value === undefined ? null : Buffer.from(value);
  },
});

describe('a spec with secrets', () => {
  it('gets their values in the place of what the user gave, and is not changed itself', async () => {
    const before = spec({
      secrets: [
        { name: 's', target: 'A' },
        { name: 's', target: 'C' },
      ],
    });
    const after = await withSecrets(before, secrets({ s: 'hunter2' }));
    expect(after).toMatchObject({ launch: { env: { A: 'hunter2', C: 'hunter2', PATH: '/bin' } }, secretEnv: ['A', 'C'], userEnv: ['B'] });
    expect(before.launch.env).toEqual({ A: 'given', PATH: '/bin' });
  });

  it('is the same where it has none', async () => {
    const plain = spec({});
    expect(await withSecrets(plain, secrets({}))).toBe(plain);
  });

  it('cannot be started where one is missing, or is nothing that a variable can hold', async () => {
    const wants = spec({ secrets: [{ name: 's', target: 'A' }] });
    await expect(withSecrets(wants, secrets({}))).rejects.toMatchObject({ code: 'HF_SECRET_UNKNOWN' });
    await expect(withSecrets(wants, secrets({ s: 'a\0b' }))).rejects.toMatchObject({ code: 'HF_SECRET_VALUE' });
    await expect(withSecrets(wants, secrets({ s: new Uint8Array([0xff]) }))).rejects.toMatchObject({ code: 'HF_SECRET_VALUE' });
  });

  it('gets any text that has no NUL, whole', () =>
    fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme' }).map((text) => `\ufeff${text.replaceAll('\0', '')}`),
        async (text) => {
          const after = await withSecrets(spec({ secrets: [{ name: 's', target: 'A' }] }), secrets({ s: text }));
          expect(after.launch.env['A']).toBe(text);
        },
      ),
    ));
});
