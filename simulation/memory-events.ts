import type { EventLog, HoldfastEvent } from '../src/core/ports/event-log.ts';
import type { Log } from '../src/core/ports/log.ts';

/** The event log in memory. */
export class MemoryEvents implements EventLog {
  readonly kept: HoldfastEvent[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  append(event: Omit<HoldfastEvent, 'seq' | 'at'>): void {
    this.kept.push({ ...event, seq: this.kept.length + 1, at: this.#now() });
  }

  since(seq: number): Promise<readonly HoldfastEvent[]> {
    return Promise.resolve(this.kept.filter((event) => event.seq > seq));
  }

  follow(): () => void {
    return () => undefined;
  }

  types(): string[] {
    return this.kept.map((event) => event.type);
  }
}

/** Keeps what was logged as an error: a test that expects none can say so. */
export class ErrorsOnlyLog implements Log {
  readonly errors: string[] = [];
  debug(): void {}
  info(): void {}
  warn(): void {}
  error(message: string, fields?: Readonly<Record<string, unknown>>): void {
    this.errors.push(`${message} ${JSON.stringify(fields ?? {})}`);
  }
  child(): Log {
    return this;
  }
}
