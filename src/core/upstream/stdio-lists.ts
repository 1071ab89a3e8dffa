import { type Ask, surveyLists } from './survey.ts';
import type { UpstreamContext } from './upstream.ts';

/** Whose lists are read, and how. */
export interface Lister {
  readonly capabilities: Readonly<Record<string, unknown>> | null;
  readonly view: string;
  readonly generation: number;
  readonly ask: Ask;
}

/**
 * Reads the lists of a generation in the background, so that they are known when it dies: to tell which calls may be repeated, to answer
 * during an outage, and to notice what the next generation changed.
 */
export class StdioLists {
  private readonly context: UpstreamContext;
  private waiters: (() => void)[] = [];
  private reading = false;

  constructor(context: UpstreamContext) {
    this.context = context;
  }

  /** Calls back when the lists were read, or cannot be. */
  whenRead(done: () => void, lister: Lister): void {
    this.waiters.push(done);
    if (!this.reading) this.read(lister);
  }

  read({ capabilities, view, generation, ask }: Lister): void {
    this.reading = true;
    surveyLists(capabilities, ask, (method, cursor, result) => {
      const was = this.context.cache.remember(view, method, cursor, result, generation);
      if (was === 'changed') this.context.listChanged(method, this.context.sessions());
    })
      .catch((error: unknown) => this.context.log.debug('the lists of the server could not be read', { error: String(error) }))
      .finally(() => this.finish());
  }

  /** Whoever waits gets what is known. */
  generationEnded(): void {
    this.finish();
  }

  private finish(): void {
    this.reading = false;
    const waiters = this.waiters;
    this.waiters = [];
    for (const done of waiters) done();
  }
}
