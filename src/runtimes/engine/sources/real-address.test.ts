import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { realAddress } from './real-address.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-real-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('follows the links of a socket, unless it is too long or not there', async () => {
  const real = join(folder, 'colima.sock');
  const long = join(folder, 'x'.repeat(100));
  mkdirSync(folder, { recursive: true });
  for (const file of [real, long]) writeFileSync(file, '');
  symlinkSync(real, join(folder, 'docker.sock'));
  symlinkSync(long, join(folder, 'short.sock'));
  expect(await realAddress(`unix://${join(folder, 'docker.sock')}`)).toBe(`unix://${real}`);
  for (const kept of ['short.sock', 'none.sock'])
    expect(await realAddress(`unix://${join(folder, kept)}`)).toBe(`unix://${join(folder, kept)}`);
  expect(await realAddress('tcp://127.0.0.1:2375')).toBe('tcp://127.0.0.1:2375');
});
