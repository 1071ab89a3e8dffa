import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Cost, deriveKey, type FileKey, type Header, keyKinds, newHeader, open, readHeader, seal } from './envelope.ts';

/** As cheap as the format allows. */
const cost: Cost = { logN: 10, r: 1, p: 1 };

describe('an encrypted file', () => {
  let header: Header;
  let key: FileKey;
  beforeAll(async () => {
    header = newHeader('passphrase', cost);
    key = await deriveKey('correct horse', header);
  });

  it('gives back any content', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5_000 }), fc.constantFrom(...keyKinds), (plain, kind) => {
        const file = seal({ ...header, kind }, key, plain);
        expect(readHeader(file)).toEqual({ ...header, kind });
        expect(open(file, key)).toEqual(Buffer.from(plain));
      }),
    );
  });

  it('shows nothing of its content, and never reads the same twice', () => {
    const plain = Buffer.from('the same words each time');
    const [first, second] = [seal(header, key, plain), seal(header, key, plain)];
    expect(first.includes(plain)).toBe(false);
    expect(first.equals(second)).toBe(false);
  });

  it('is refused whichever bit of whichever byte was changed', () => {
    const file = seal(header, key, Buffer.from('{"secrets":[["a","aGVsbG8="]]}'));
    for (let at = 0; at < file.length; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const changed = Buffer.from(file);
        changed[at] = (changed[at] ?? 0) ^ (1 << bit);
        const read = readHeader(changed);
        const refused = 'refused' in read ? read : open(changed, key);
        expect([at, bit, refused]).toEqual([at, bit, { refused: 'damaged' }]);
      }
    }
  });

  it('is refused wherever it was cut, and with anything added', () => {
    const file = seal(header, key, Buffer.from('{"secrets":[]}'));
    const opened = (bytes: Buffer): unknown => {
      const read = readHeader(bytes);
      return 'refused' in read ? read : open(bytes, key);
    };
    for (let length = 0; length < file.length; length += 1) expect(opened(file.subarray(0, length))).toEqual({ refused: 'damaged' });
    expect(opened(Buffer.concat([file, Buffer.from('\n')]))).toEqual({ refused: 'damaged' });
    expect(opened(Buffer.from('# Secrets of another program, which are long enough to be looked at in whole\n'.repeat(3)))).toEqual({
      refused: 'damaged',
    });
  });

  it('tells a wrong passphrase from damage', async () => {
    const file = seal(header, key, Buffer.from('x'));
    for (const wrong of ['correct horse ', 'Correct horse', '']) {
      expect(open(file, await deriveKey(wrong, header))).toEqual({ refused: 'wrong-key' });
    }
  });

  it('refuses a newer version, and costs that would take the machine down', () => {
    const changedTo = (at: number, value: number): Buffer => resealed(seal(header, key, Buffer.from('x')), at, value);
    expect(readHeader(changedTo(8, 2))).toEqual({ refused: 'newer' });
    expect(readHeader(changedTo(9, 4))).toEqual({ refused: 'damaged' });
    expect(readHeader(changedTo(10, 30))).toEqual({ refused: 'damaged' });
    expect(readHeader(changedTo(11, 255))).toEqual({ refused: 'damaged' });
    expect(readHeader(changedTo(12, 0))).toEqual({ refused: 'damaged' });
  });
});

/** A header with one byte changed and a checksum that fits. */
function resealed(file: Buffer, at: number, value: number): Buffer {
  const changed = Buffer.from(file);
  changed[at] = value;
  createHash('sha256').update(changed.subarray(0, 58)).digest().copy(changed, 58, 0, 8);
  return changed;
}
