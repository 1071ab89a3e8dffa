import type { Writable } from 'node:stream';
import { flatten } from '../mcp/splice.ts';

const LINE_END = Buffer.from('\n');

/** Messages to the client: one line each on its side of the pipe. */
export class Outlet {
  private readonly stream: Writable;
  private draining: Promise<void> | null = null;

  constructor(stream: Writable) {
    this.stream = stream;
  }

  write(message: Uint8Array): void {
    if (!this.stream.writable) return;
    this.stream.write(Buffer.concat([flatten(message), LINE_END]));
  }

  /** Whether the client has to read first. */
  get isFull(): boolean {
    return this.stream.writableNeedDrain;
  }

  /** Resolves when the client has read enough that more may be written. Whoever reads from the gateway waits for it after each piece. */
  async ready(): Promise<void> {
    if (!this.isFull) return;
    this.draining ??= new Promise<void>((resolve) => {
      const done = (): void => {
        this.stream.off('drain', done).off('close', done);
        this.draining = null;
        resolve();
      };
      this.stream.on('drain', done).on('close', done);
    });
    await this.draining;
  }
}
