import { hashText } from './time/random.ts';

/** Lines that are kept to be shown when a run fails. */
const KEPT = 400;

/** What happened in a run, in order: the last lines as text, all of them as a hash. */
export class Trace {
  readonly #now: () => number;
  readonly #echo: boolean;
  #lines: string[] = [];
  #hash = hashText('');
  count = 0;

  /** @param echo writes every line to standard error at once */
  constructor(now: () => number, echo: boolean) {
    this.#now = now;
    this.#echo = echo;
  }

  note(who: string, what: string): void {
    const line = `${(this.#now() / 1000).toFixed(4).padStart(11)}  ${who.padEnd(14)} ${what}`;
    this.count += 1;
    this.#hash = hashText(line, this.#hash);
    this.#lines.push(line);
    if (this.#lines.length >= 2 * KEPT) this.#lines = this.#lines.slice(-KEPT);
    if (this.#echo) process.stderr.write(`${line}\n`);
  }

  get hash(): string {
    return this.#hash.toString(16).padStart(8, '0');
  }

  last(count: number): readonly string[] {
    return this.#lines.slice(-count);
  }
}
