import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** Whose key a file is encrypted with. */
export const keyKinds = ['passphrase', 'keyring', 'key-file'] as const;

export type KeyKind = (typeof keyKinds)[number];

/** How long it takes to try one passphrase: scrypt's N (as a power of two), r and p. */
export interface Cost {
  readonly logN: number;
  readonly r: number;
  readonly p: number;
}

/** 32 MB and about 0.1 s on a machine of 2020. */
export const standardCost: Cost = { logN: 15, r: 8, p: 1 };

/** What is known of a file without its key. */
export interface Header {
  readonly kind: KeyKind;
  readonly cost: Cost;
  /** 16 bytes, for as long as the key is the same. */
  readonly salt: Buffer;
}

/** What a passphrase and a salt become. */
export interface FileKey {
  readonly cipher: Buffer;
  readonly check: Buffer;
}

/** Why a file cannot be opened: `damaged` covers what was cut short, changed, or is no such file. */
export type Refusal = { readonly refused: 'damaged' | 'newer' | 'wrong-key' };

const MAGIC = Buffer.from('HFSECRET', 'latin1');
const VERSION = 1;
const SALT = 14;
const NONCE = 30;
const KEY_CHECK = 42;
const CHECKSUM = 58;
const HEADER_BYTES = 66;
const TAG_BYTES = 16;

/** A header for a new file. */
export function newHeader(kind: KeyKind, cost: Cost): Header {
  return { kind, cost, salt: randomBytes(NONCE - SALT) };
}

export function deriveKey(passphrase: string | Uint8Array, { salt, cost }: Header): Promise<FileKey> {
  const options = { N: 2 ** cost.logN, r: cost.r, p: cost.p, maxmem: 2 ** cost.logN * cost.r * 256 };
  return new Promise((resolve, reject) => {
    scrypt(passphrase, salt, 64, options, (error, key) => {
      if (error) reject(error);
      else resolve({ cipher: key.subarray(0, 32), check: key.subarray(32) });
    });
  });
}

/**
 * Version 1: magic (8), version, kind of key, N, r, p, 0 (1 each), salt (16), nonce (12), check of the key (16), checksum of all that (8),
 * then the ciphertext and its tag (16). AES-256-GCM; everything before the ciphertext is authenticated too.
 */
export function seal(header: Header, key: FileKey, plain: Uint8Array): Buffer {
  const head = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(head);
  head.set([VERSION, keyKinds.indexOf(header.kind) + 1, header.cost.logN, header.cost.r, header.cost.p, 0], MAGIC.length);
  header.salt.copy(head, SALT);
  const nonce = randomBytes(KEY_CHECK - NONCE);
  nonce.copy(head, NONCE);
  keyCheck(head, key).copy(head, KEY_CHECK);
  checksum(head).copy(head, CHECKSUM);
  const cipher = createCipheriv('aes-256-gcm', key.cipher, nonce).setAAD(head);
  return Buffer.concat([head, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Reads what can be known without the key. */
export function readHeader(file: Buffer): Header | Refusal {
  const whole = file.length >= HEADER_BYTES + TAG_BYTES && file.subarray(0, MAGIC.length).equals(MAGIC);
  if (!whole || !checksum(file).equals(file.subarray(CHECKSUM, HEADER_BYTES))) return { refused: 'damaged' };
  const [version = 0, kindAt = 0, logN = 0, r = 0, p = 0] = file.subarray(MAGIC.length, SALT);
  if (version > VERSION) return { refused: 'newer' };
  const kind = keyKinds[kindAt - 1];
  const possible = logN >= 10 && logN <= 20 && r >= 1 && r <= 16 && p >= 1 && p <= 4;
  if (kind === undefined || !possible) return { refused: 'damaged' };
  return { kind, cost: { logN, r, p }, salt: Buffer.from(file.subarray(SALT, NONCE)) };
}

/** The plain text of a file whose header was read. */
export function open(file: Buffer, key: FileKey): Buffer | Refusal {
  const head = file.subarray(0, HEADER_BYTES);
  if (!timingSafeEqual(keyCheck(head, key), head.subarray(KEY_CHECK, CHECKSUM))) return { refused: 'wrong-key' };
  const decipher = createDecipheriv('aes-256-gcm', key.cipher, head.subarray(NONCE, KEY_CHECK), { authTagLength: TAG_BYTES });
  decipher.setAAD(head).setAuthTag(file.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(file.subarray(HEADER_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch {
    // It says nothing but that the tag does not fit.
    return { refused: 'damaged' };
  }
}

function keyCheck(head: Buffer, { check }: FileKey): Buffer {
  const digest = createHmac('sha256', check).update(head.subarray(0, KEY_CHECK)).digest();
  return digest.subarray(0, CHECKSUM - KEY_CHECK);
}

function checksum(head: Buffer): Buffer {
  const digest = createHash('sha256').update(head.subarray(0, CHECKSUM)).digest();
  return digest.subarray(0, HEADER_BYTES - CHECKSUM);
}
