/** No call waits longer for its turn, ms. A hundred servers that have to be killed take that long to be stopped, a few at a time. */
const LONGEST_WAIT_MS = 180_000;

/** Calls that wait until one of the connections to an engine is free. */
export class CallQueue {
  readonly #waiting = new Set<(words: string) => void>();
  #answeredAt = Number.NEGATIVE_INFINITY;

  /**
   * @param giveUp called when its turn will not come, with the reason in a few words
   * @returns to be called when its turn has come, or nobody waits any more
   */
  enter(giveUp: (words: string) => void): () => void {
    const timer = setTimeout(() => {
      const before = this.#waiting.size;
      leave();
      giveUp(`its turn did not come within ${LONGEST_WAIT_MS / 1_000} s, as one of ${before} calls that waited`);
    }, LONGEST_WAIT_MS);
    const leave = (): void => {
      clearTimeout(timer);
      this.#waiting.delete(giveUp);
    };
    this.#waiting.add(giveUp);
    return leave;
  }

  answered(): void {
    this.#answeredAt = performance.now();
  }

  /** A call was not answered within its bound. Where no other was answered since it was sent, those that wait need not try. */
  unanswered(sentAt: number, boundMs: number): void {
    if (this.#answeredAt >= sentAt) return;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const giveUp of waiting) giveUp(`the engine answered no call for ${boundMs / 1_000} s`);
  }
}
