import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';

const BLOCK = 512;

export interface TarEntry {
  /** Without a leading `/`. */
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link';
  /** Of a file: its bytes; of a link: where it points. */
  readonly content?: Buffer | string;
  readonly mode?: number;
  /** User and group. */
  readonly owner?: number;
}

/** Writes an archive file. The same entries give the same bytes on every machine: no times, no names of users. */
export class TarWriter {
  readonly #file: number;
  readonly #hash = createHash('sha256');
  readonly #folders = new Set<string>();

  constructor(path: string) {
    this.#file = openSync(path, 'wx', 0o600);
  }

  /** Folders above it are written first, where no entry did so. */
  add(entry: TarEntry): void {
    const parts = entry.path.split('/');
    for (let depth = 1; depth < parts.length; depth += 1) this.#folder({ path: parts.slice(0, depth).join('/'), kind: 'folder' });
    if (entry.kind === 'folder') return this.#folder(entry);
    const content = Buffer.from(entry.content ?? '');
    this.#write(tarHeader(entry, entry.kind === 'file' ? content.length : 0));
    if (entry.kind === 'file') this.#write(content, padding(content.length));
  }

  addFile(path: string, from: string, mode = 0o755): void {
    this.add({ path, kind: 'file', content: readFileSync(from), mode });
  }

  /** @returns sha256 of all bytes, in hex */
  end(): string {
    this.#write(Buffer.alloc(2 * BLOCK));
    closeSync(this.#file);
    return this.#hash.digest('hex');
  }

  #folder(entry: TarEntry): void {
    if (this.#folders.has(entry.path)) return;
    this.#folders.add(entry.path);
    this.#write(tarHeader(entry, 0));
  }

  #write(...parts: Buffer[]): void {
    for (const part of parts) {
      this.#hash.update(part);
      for (let at = 0; at < part.length; ) at += writeSync(this.#file, part, at);
    }
  }
}

/** Zeros up to the next block. */
export function padding(bytes: number): Buffer {
  return Buffer.alloc((BLOCK - (bytes % BLOCK)) % BLOCK);
}

/** The ustar header of an entry. @param bytes length of the content that follows */
export function tarHeader({ path, kind, content = '', mode, owner = 0 }: TarEntry, bytes: number): Buffer {
  const header = Buffer.alloc(BLOCK);
  const [prefix, name] = splitName(kind === 'folder' ? `${path}/` : path);
  const octal = (value: number, at: number, width: number): void => {
    header.write(`${value.toString(8).padStart(width - 1, '0')}\0`, at, 'latin1');
  };
  header.write(name, 0);
  octal(mode ?? (kind === 'file' ? 0o644 : 0o755), 100, 8);
  octal(owner, 108, 8);
  octal(owner, 116, 8);
  octal(bytes, 124, 12);
  octal(0, 136, 12);
  header.write(kind === 'file' ? '0' : kind === 'folder' ? '5' : '2', 156);
  if (kind === 'link') header.write(String(content), 157);
  header.write('ustar\x0000', 257, 'latin1');
  header.write(prefix, 345);
  // The sum is taken with blanks in its own place.
  header.fill(' ', 148, 156);
  octal(
    header.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  return header;
}

/** A long name is cut at a `/` so that its end fits into 100 bytes. */
function splitName(path: string): [prefix: string, name: string] {
  if (Buffer.byteLength(path) <= 100) return ['', path];
  for (let at = path.indexOf('/'); at > 0 && at < path.length - 1; at = path.indexOf('/', at + 1)) {
    if (Buffer.byteLength(path.slice(at + 1)) <= 100 && at <= 155) return [path.slice(0, at), path.slice(at + 1)];
  }
  throw new Error(`${path} is too long for an archive`);
}
