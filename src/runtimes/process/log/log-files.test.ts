import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rotate } from './log-files.ts';
import { readParts } from './log-parts.ts';

let folder: string;
let log: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-rotate-'));
  log = join(folder, 'x.log');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const limits = { maxBytes: 10, files: 3 };
const part = (suffix: string): Promise<string> => readFile(`${log}${suffix}`, 'utf8');

describe('rotate', () => {
  it('empties the file in place and keeps what was in it, two files deep', async () => {
    await writeFile(log, 'one');
    const { ino } = await stat(log);
    expect(await rotate(log, limits)).toBe(3);
    await appendFile(log, 'two');
    await rotate(log, limits);
    await appendFile(log, 'three');
    await rotate(log, limits);
    expect([await part(''), await part('.1'), await part('.2')]).toEqual(['', 'three', 'two']);
    await expect(part('.3')).rejects.toThrow('ENOENT');
    expect((await stat(log)).ino).toBe(ino);
  });

  it('keeps the end of what was too much', async () => {
    await writeFile(log, '0123456789abcdef');
    expect(await rotate(log, limits)).toBe(16);
    expect(await part('.1')).toBe('6789abcdef');
  });

  it('keeps nothing where one file is all', async () => {
    await writeFile(log, 'one');
    expect(await rotate(log, { maxBytes: 10, files: 1 })).toBe(3);
    expect(await part('')).toBe('');
    await expect(part('.1')).rejects.toThrow('ENOENT');
  });
});

describe('readParts', () => {
  it('finds an offset in the part that holds it, or begins where the oldest does', async () => {
    // 100…102 in the oldest part, 103…105 in the next, 106… in the file.
    await writeFile(`${log}.2`, 'abc');
    await writeFile(`${log}.1`, 'def');
    await writeFile(log, 'ghi');
    const read = async (offset: number, length: number): Promise<[number, string]> => {
      const { offset: from, bytes } = await readParts(log, 3, 106, offset, length);
      return [from, bytes.toString()];
    };
    expect(await read(0, 99)).toEqual([100, 'abc']);
    expect(await read(102, 99)).toEqual([102, 'c']);
    expect(await read(103, 2)).toEqual([103, 'de']);
    expect(await read(107, 99)).toEqual([107, 'hi']);
    expect(await read(109, 99)).toEqual([109, '']);
  });
});
