import { type FileHandle, open, rename } from 'node:fs/promises';

const NEWLINE = Buffer.from('\n');

/**
 * A file of lines that only grows, mode 0600, opened at the first write. A write that fails half-way is cut off again, so that the file
 * always consists of whole lines. Writes must not overlap. Errors are those of the system calls.
 */
export class AppendFile {
  #path: string;
  #handle: FileHandle | null = null;
  /** Where the next line begins. */
  #size: number;
  /** Bytes behind `#size` that belong to no line: of a writer that died, or of a failed write. */
  #torn: boolean;

  /** `size`: offset behind the last whole line; `torn`: there is more behind it. */
  constructor(path: string, size: number, torn: boolean) {
    this.#path = path;
    this.#size = size;
    this.#torn = torn;
  }

  get path(): string {
    return this.#path;
  }

  get size(): number {
    return this.#size;
  }

  /** Appends whole lines. Answers the offset at which they begin. */
  async write(lines: Uint8Array): Promise<number> {
    const handle = await this.#open();
    if (this.#torn) await this.#endTornLine(handle);
    const offset = this.#size;
    try {
      await writeAll(handle, lines);
    } catch (thrown) {
      this.#torn = true;
      // At once, not only before the next write: whole lines of a write that was refused must not be found after a restart.
      await this.#cutTornLine(handle).catch(() => undefined); // The first error is the one to tell; it is tried again.
      throw thrown;
    }
    this.#size += lines.length;
    return offset;
  }

  /** Gives the file another name; it stays open. */
  async rename(path: string): Promise<void> {
    await rename(this.#path, path);
    this.#path = path;
  }

  async sync(): Promise<void> {
    await this.#handle?.datasync();
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    await handle?.close();
  }

  async #open(): Promise<FileHandle> {
    if (this.#handle !== null) return this.#handle;
    const handle = await open(this.#path, 'a', 0o600);
    this.#handle = handle;
    // Where somebody replaced the file since it was read, the next line begins elsewhere.
    if (!this.#torn) this.#size = (await handle.stat()).size;
    return handle;
  }

  async #cutTornLine(handle: FileHandle): Promise<void> {
    await handle.truncate(this.#size);
    this.#torn = false;
  }

  async #endTornLine(handle: FileHandle): Promise<void> {
    try {
      await this.#cutTornLine(handle);
    } catch {
      // What cannot be cut off becomes a damaged line, which a reader skips. Where that fails too, the write fails.
      await writeAll(handle, NEWLINE);
      this.#size = (await handle.stat()).size;
      this.#torn = false;
    }
  }
}

/** A write may accept a part only, for example when the disk is nearly full. */
async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done);
    done += bytesWritten;
  }
}
