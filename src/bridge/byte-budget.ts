/** Bounds the bytes that are held at a time: who would exceed them waits for its turn. One that is larger than all of it goes alone. */
export class ByteBudget {
  private readonly limit: number;
  private used = 0;
  private readonly queue: (() => boolean)[] = [];

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Resolves with what gives them back, when they may be held. First come, first served. */
  take(bytes: number): Promise<() => void> {
    return new Promise((resolve) => {
      const enter = (): boolean => {
        if (this.used > 0 && this.used + bytes > this.limit) return false;
        this.used += bytes;
        resolve(() => {
          this.used -= bytes;
          this.admit();
        });
        return true;
      };
      this.queue.push(enter);
      this.admit();
    });
  }

  private admit(): void {
    while (this.queue[0]?.() === true) this.queue.shift();
  }
}
