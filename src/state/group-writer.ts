import type { AppendFile } from './append-file.ts';

/** Called when its line is on disk, in the order of the lines. */
type Written = (offset: number, length: number) => void;

interface Waiting {
  readonly line: Buffer;
  readonly written: Written;
  readonly failed: (thrown: unknown) => void;
}

/** Bytes of one write; the next batch begins beyond it. */
const BATCH_BYTES = 1024 * 1024;

/**
 * Group commit: lines that are added in one turn of the event loop, or while a write is under way, share one write. Either all lines of a
 * write are on disk or none is.
 */
export class GroupWriter {
  /** Where lines go. Replaced only from within `exclusive`. */
  file: AppendFile;
  /** Put before the first line of an empty file. */
  readonly #header: string;
  #waiting: Waiting[] = [];
  #exclusive: (() => Promise<void>)[] = [];
  #busy: Promise<void> | null = null;

  constructor(file: AppendFile, header: string) {
    this.file = file;
    this.#header = header;
  }

  /** `line` without its newline. Exactly one of the callbacks is called. */
  add(line: string, written: Written, failed: (thrown: unknown) => void): void {
    this.#waiting.push({ line: Buffer.from(`${line}\n`), written, failed });
    this.#wake();
  }

  /** Runs a task while no write is under way and none begins. */
  exclusive(task: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#exclusive.push(() => task().then(resolve, reject));
      this.#wake();
    });
  }

  /** Resolves when all that was added so far was written or has failed. */
  async flush(): Promise<void> {
    while (this.#busy !== null) await this.#busy;
  }

  #wake(): void {
    this.#busy ??= new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => this.#work())
      .finally(() => {
        this.#busy = null;
        if (this.#waiting.length > 0 || this.#exclusive.length > 0) this.#wake();
      });
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0 || this.#exclusive.length > 0) {
      const task = this.#exclusive.shift();
      if (task === undefined) await this.#writeBatch(this.#takeBatch());
      else await task();
    }
  }

  #takeBatch(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const { line } of this.#waiting) {
      if (count > 0 && bytes + line.length > BATCH_BYTES) break;
      bytes += line.length;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  async #writeBatch(batch: readonly Waiting[]): Promise<void> {
    const header = this.file.size === 0 ? [Buffer.from(`${this.#header}\n`)] : [];
    let offset: number;
    try {
      offset = await this.file.write(Buffer.concat([...header, ...batch.map(({ line }) => line)]));
    } catch (thrown) {
      for (const { failed } of batch) failed(thrown);
      return;
    }
    offset += header[0]?.length ?? 0;
    for (const { line, written } of batch) {
      written(offset, line.length);
      offset += line.length;
    }
  }
}
