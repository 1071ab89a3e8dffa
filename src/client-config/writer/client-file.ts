import { isUtf8 } from 'node:buffer';
import { readFileSync, type Stats, statSync } from 'node:fs';
import { lstat, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { HoldfastError } from '../../core/errors/holdfast-error.ts';
import { accessError, systemCode, unusable } from './system-error.ts';

/** No configuration is larger; reading one that is would only cost memory. */
const MOST_BYTES = 64 * 1024 * 1024;
const BOM = '\ufeff';

/** A client's file as it was read. */
export interface ClientFile {
  /** As the client names it. */
  readonly path: string;
  /** Where it lies, links followed. This is what is replaced, so that links stay. */
  readonly real: string;
  /** Null where it does not exist. */
  readonly bytes: Buffer | null;
  /** Without the byte order mark; empty where the file does not exist. */
  readonly text: string;
  readonly bom: boolean;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** When it was last written, in ms; 0 where it does not exist. */
  readonly modifiedAt: number;
}

/**
 * Reads a client's file. One that does not exist is not an error; a link that leads nowhere is.
 * @throws HF_CLIENT_FILE_ACCESS, HF_CLIENT_FILE_SYNTAX where it is not UTF-8
 */
export async function readClientFile(path: string): Promise<ClientFile> {
  try {
    const real = await whereItLies(path);
    const facts = await stat(real).catch(absent);
    if (facts === null) return noFile(path, real);
    refuseOdd(path, facts);
    const bytes = await readFile(real).catch(absent);
    return bytes === null ? noFile(path, real) : fileOf(path, real, facts, bytes);
  } catch (thrown) {
    throw accessError(path, thrown);
  }
}

/** The same at once, for a file that was read before. @throws as `readClientFile` */
export function readClientFileNow({ path, real }: Pick<ClientFile, 'path' | 'real'>): ClientFile {
  try {
    const facts = statSync(real, { throwIfNoEntry: false });
    if (facts === undefined) return noFile(path, real);
    refuseOdd(path, facts);
    return fileOf(path, real, facts, readFileSync(real));
  } catch (thrown) {
    throw accessError(path, thrown);
  }
}

function noFile(path: string, real: string): ClientFile {
  return { path, real, bytes: null, text: '', bom: false, mode: 0o600, uid: -1, gid: -1, modifiedAt: 0 };
}

function refuseOdd(path: string, facts: Stats): void {
  if (!facts.isFile()) throw unusable(path, facts.isDirectory() ? 'it is a folder' : 'it is not a regular file');
  if (facts.size > MOST_BYTES) throw unusable(path, `it is larger than ${MOST_BYTES / 1024 / 1024} MB`);
}

function fileOf(path: string, real: string, { mode, uid, gid, mtimeMs }: Stats, bytes: Buffer): ClientFile {
  return { path, real, bytes, ...decoded(path, bytes), mode: mode & 0o7777, uid, gid, modifiedAt: mtimeMs };
}

/** The bytes of a text, with the byte order mark put back. */
export function encoded(text: string, bom: boolean): Buffer {
  return Buffer.from(bom ? BOM + text : text, 'utf8');
}

async function whereItLies(path: string): Promise<string> {
  const found = await realpath(path).catch(absent);
  if (found !== null) return found;
  const link = await lstat(path).catch(absent);
  if (link !== null) throw unusable(path, 'it is a link to something that does not exist');
  const folder = await realpath(dirname(path)).catch(absent);
  return folder === null ? path : join(folder, basename(path));
}

function decoded(path: string, bytes: Buffer): { text: string; bom: boolean } {
  if (!isUtf8(bytes)) {
    const line = 1 + bytes.subarray(0, firstBroken(bytes)).filter((byte) => byte === 0x0a).length;
    throw new HoldfastError('HF_CLIENT_FILE_SYNTAX', { what: `${path}, line ${line}`, why: 'it is not UTF-8', data: { file: path, line } });
  }
  const text = bytes.toString('utf8');
  return text.startsWith(BOM) ? { text: text.slice(1), bom: true } : { text, bom: false };
}

/** Where the first line that is not UTF-8 begins. */
function firstBroken(bytes: Buffer): number {
  let start = 0;
  for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, start)) {
    if (!isUtf8(bytes.subarray(start, end))) return start;
    start = end + 1;
  }
  return start;
}

function absent(thrown: unknown): null {
  if (systemCode(thrown) === 'ENOENT') return null;
  throw thrown;
}
