import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** How a program writes a file: `rename` = a new file in its place; `in-place` = truncated, then written. */
export interface Edited {
  readonly file: string;
  readonly how: 'rename' | 'in-place';
}

/** What became of its edits: `lost` = one that it did not find again. */
export interface EditCount {
  readonly file: string;
  readonly made: number;
  readonly lost: number;
}

/**
 * Another program of the user that edits files all the time: reads one, counts up the number in `edited 0 times`, writes it. It honours no
 * lock and compares nothing, as editors and clients do.
 */
export class OtherEditor {
  readonly #child;
  #said = '';

  /** @param pauseMs about so long between two edits, @param thinksMs at most so long between reading and writing */
  constructor(files: readonly Edited[], pauseMs: number, thinksMs: number) {
    const program = `
      import { readFileSync, realpathSync, renameSync, statSync, writeFileSync } from 'node:fs';
      const files = JSON.parse(process.argv[1]).map((one) => ({ ...one, real: realpathSync(one.file), made: 0, lost: 0, last: 0 }));
      const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
      let ended = false;
      process.stdin.on('end', () => { ended = true; }).resume();
      while (!ended) for (const one of files) {
        const text = readFileSync(one.real, 'utf8');
        const count = Number(/edited (\\d+) times/.exec(text)?.[1] ?? Number.NaN);
        if (Number.isNaN(count)) throw new Error(one.real + ' is not what it was: ' + text);
        one.lost += Math.max(0, one.last - count);
        one.last = count + 1;
        one.made += 1;
        await pause(Math.random() * Number(process.argv[3]));
        const next = text.replace(/edited \\d+ times/, 'edited ' + one.last + ' times');
        if (one.how === 'in-place') writeFileSync(one.real, next);
        else {
          writeFileSync(one.real + '.editor', next, { mode: statSync(one.real).mode });
          renameSync(one.real + '.editor', one.real);
        }
        await pause(Number(process.argv[2]) * (0.5 + Math.random()));
      }
      console.log(JSON.stringify(files.map(({ file, made, lost }) => ({ file, made, lost }))));`;
    const args = ['--input-type=module', '-e', program, JSON.stringify(files), String(pauseMs), String(thinksMs)];
    this.#child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child.stdout.on('data', (chunk: Buffer) => (this.#said += chunk.toString('utf8')));
  }

  /** Ends it after the edit that it is at. @throws Error where it met a file that was not whole */
  async end(): Promise<EditCount[]> {
    const ended = this.#child.exitCode === null ? once(this.#child, 'close') : null;
    this.#child.stdin.end();
    await ended;
    if (this.#child.exitCode !== 0) throw new Error(`the other editor ended with ${this.#child.exitCode ?? 'a signal'}`);
    return JSON.parse(this.#said) as EditCount[];
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
