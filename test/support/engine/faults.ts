import { Transform } from 'node:stream';

/** An event of the engine, as its stream says it. */
export interface EngineEvent {
  readonly Type: string;
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
  readonly [more: string]: unknown;
}

interface Answer {
  readonly status: number;
  readonly message: string;
}

/** What is broken at the moment. */
export class Faults {
  #open: Promise<void> = Promise.resolve();
  #release: (() => void) | null = null;
  #isLost: ((event: EngineEvent) => boolean) | null = null;
  readonly #answers: { readonly call: RegExp; readonly answer: Answer }[] = [];

  stall(): void {
    if (this.#release !== null) return;
    this.#open = new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  restore(): void {
    this.#release?.();
    this.#release = null;
    this.#isLost = null;
    this.#answers.length = 0;
  }

  dropEvents(isLost: (event: EngineEvent) => boolean): void {
    this.#isLost = isLost;
  }

  answer(call: RegExp, answer: Answer): void {
    this.#answers.push({ call, answer });
  }

  answerFor(call: string): Answer | undefined {
    return this.#answers.find((entry) => entry.call.test(call))?.answer;
  }

  /** Resolves when nothing is held back. */
  passage(): Promise<void> {
    return this.#open;
  }

  /** Lets bytes pass unless they are held back. */
  gate(): Transform {
    const pass = async (done: (error: null, chunk?: Buffer) => void, chunk?: Buffer): Promise<void> => {
      await this.#open;
      done(null, chunk);
    };
    return new Transform({
      transform: (chunk: Buffer, _encoding, done) => void pass(done, chunk),
      flush: (done) => void pass(done),
    });
  }

  /** Loses whole lines of an event stream. */
  eventFilter(): Transform {
    let rest = '';
    return new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        const lines = (rest + chunk.toString('utf8')).split('\n');
        rest = lines.pop() ?? '';
        const kept = lines.filter((line) => line.trim() !== '' && this.#isLost?.(JSON.parse(line) as EngineEvent) !== true);
        done(null, kept.map((line) => `${line}\n`).join(''));
      },
      flush: (done) => done(null, rest),
    });
  }
}
