import type { World } from '../world.ts';
import type { Answered, Asked } from './asked.ts';

/** One execution of a request by a server. */
export interface Execution {
  readonly pid: number;
  readonly at: number;
  /** Whether that server's tool list, or the method, says that doing it twice does no harm. */
  readonly safe: boolean;
}

/**
 * Who asked for what, where it went, how often it was executed, and what its caller was told. Knows the promises about single requests.
 */
export class Ledger {
  readonly asked = new Map<string, Asked>();
  /** Requests that may still be open. */
  readonly pending = new Set<Asked>();
  readonly #world: () => World;
  executions = 0;
  repeats = 0;
  answers = 0;

  constructor(world: () => World) {
    this.#world = world;
  }

  add(asked: Asked): void {
    this.asked.set(asked.key, asked);
    this.pending.add(asked);
  }

  /** Holdfast hands the request to a socket or pipe of a process. */
  handed(key: string, pid: number): void {
    const asked = this.asked.get(key);
    if (!asked) return this.#fail('invented-request', `${key} was handed to process ${pid}, and nobody asked for it`);
    asked.handed.push({ pid, at: this.#now() });
    asked.aliveAt = this.#now();
    if (asked.sealed) this.#fail('run-late', `${describe(asked)} was handed to process ${pid} although ${asked.sealed}`);
  }

  /** The connection was refused: nothing of it reached the process. */
  handedBack(key: string): void {
    this.asked.get(key)?.handed.pop();
  }

  /** Holdfast took requests for delivered that the pipe then refused: they may be repeated like any that was lost. */
  refusedLate(keys: readonly string[]): void {
    for (const key of keys) {
      const asked = this.asked.get(key);
      if (asked) asked.refusedLate = true;
    }
  }

  /** A server does what was asked. */
  executed(key: string, pid: number, safe: boolean): void {
    const asked = this.asked.get(key);
    if (!asked) return this.#fail('invented-request', `process ${pid} executes ${key}, and nobody asked for it`);
    const before = asked.executions.at(-1);
    asked.executions.push({ pid, at: this.#now(), safe });
    this.executions += 1;
    if (!before) return;
    this.repeats += 1;
    if (!before.safe || !safe) this.#fail('executed-twice', `${describe(asked)} is not safe and ran in processes ${before.pid} and ${pid}`);
    if (asked.executions.length > 2) this.#fail('repeated-twice', `${describe(asked)} was executed ${asked.executions.length} times`);
    if (asked.questioned)
      this.#fail('repeated-after-question', `${describe(asked)} was repeated although its client had been asked something`);
  }

  /** The server made progress with it. */
  alive(key: string): void {
    const asked = this.asked.get(key);
    if (asked) asked.aliveAt = this.#now();
  }

  /** Nothing of it may reach a server from now on. */
  seal(asked: Asked, why: string): void {
    asked.sealed ??= why;
  }

  /** Its caller got a final answer. */
  answered(asked: Asked, answer: Answered): void {
    this.answers += 1;
    asked.answers.push(answer);
    if (asked.answers.length > 1) this.#fail('answered-twice', `${describe(asked)} was answered ${asked.answers.length} times`);
    if (answer.mayHaveExecuted !== false) return;
    this.seal(asked, 'its caller was told that it was not executed');
    if (asked.executions.length > 0)
      this.#fail('wrong-verdict', `${describe(asked)} was executed, and its caller was told (${String(answer.code)}) that it was not`);
  }

  #now(): number {
    return this.#world().time.monotonic();
  }

  #fail(rule: string, detail: string): void {
    this.#world().fail(rule, detail);
  }
}

export function describe(asked: Asked): string {
  return `${asked.method}${asked.tool === null ? '' : ` ${asked.tool}`} ${asked.key} of ${asked.client}`;
}
