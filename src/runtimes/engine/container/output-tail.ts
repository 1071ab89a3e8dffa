import { plainText } from '../../process/log/plain-text.ts';

/** As much as a log excerpt looks back. */
const MOST_BYTES = 256 * 1024;
const LINE_MAX = 2_000;

/** The end of what a server wrote, in memory: engines keep it too, but may be slow to tell, and keep nothing of what is removed. */
export class OutputTail {
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #cut = false;

  add(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    while (this.#bytes - (this.#chunks[0]?.length ?? 0) >= MOST_BYTES) {
      this.#bytes -= this.#chunks.shift()?.length ?? 0;
      this.#cut = true;
    }
  }

  get empty(): boolean {
    return this.#bytes === 0;
  }

  /** Oldest first, at most `count`, as they may stand in an error. */
  lines(count: number, redact: (text: string) => string): string[] {
    const lines = Buffer.concat(this.#chunks).toString('utf8').split('\n');
    // The first line that is left may be the end of one.
    if (this.#cut && lines.length > 1) lines.shift();
    return excerpt(lines, count, redact);
  }
}

/** The last lines as they may stand in an error: no escape sequences, no secrets, no empty lines at the end. */
export function excerpt(lines: readonly string[], count: number, redact: (text: string) => string): string[] {
  if (count <= 0) return [];
  // Redacted before it is cut: the first half of a secret is not recognised as one.
  const plain = lines.map((line) => redact(plainText(line)).slice(0, LINE_MAX));
  while (plain.length > 0 && plain.at(-1)?.trim() === '') plain.pop();
  return plain.slice(-count);
}
