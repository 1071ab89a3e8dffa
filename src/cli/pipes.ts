import type { Readable, Writable } from 'node:stream';

/** What a command reads from and writes to, byte by byte. */
export interface Pipes {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable;
}
