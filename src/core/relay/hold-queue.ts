import type { Exchange } from './exchange.ts';

/** Bytes that may be held in all workloads together. Shared by their queues. */
export interface HoldBudget {
  readonly limit: number;
  used: number;
}

/** Bounds of one queue (`sessions.md`, "Held requests"). */
export interface HoldLimits {
  readonly requests: number;
  readonly bytes: number;
}

export const defaultHoldLimits: HoldLimits = { requests: 500, bytes: 64 * 1024 * 1024 };
export const defaultHoldBudget = 256 * 1024 * 1024;

/** Requests that wait for a backend, first come first served, bounded in number and bytes. */
export class HoldQueue {
  private readonly limits: HoldLimits;
  private readonly budget: HoldBudget;
  private readonly waiting = new Set<Exchange>();
  private bytes = 0;

  constructor(limits: HoldLimits, budget: HoldBudget) {
    this.limits = limits;
    this.budget = budget;
  }

  get size(): number {
    return this.waiting.size;
  }

  /** False when it is full: nothing changed. */
  add(x: Exchange): boolean {
    const full =
      this.waiting.size >= this.limits.requests || this.bytes + x.size > this.limits.bytes || this.budget.used + x.size > this.budget.limit;
    if (full) return false;
    this.waiting.add(x);
    this.count(x.size);
    x.phase = 'held';
    return true;
  }

  delete(x: Exchange): boolean {
    if (!this.waiting.delete(x)) return false;
    this.count(-x.size);
    return true;
  }

  /** Takes everything out, oldest arrival first. */
  takeAll(): Exchange[] {
    const all = [...this.waiting].toSorted((a, b) => a.arrivedAt - b.arrivedAt);
    this.waiting.clear();
    this.count(-this.bytes);
    return all;
  }

  values(): Exchange[] {
    return [...this.waiting];
  }

  private count(bytes: number): void {
    this.bytes += bytes;
    this.budget.used += bytes;
  }
}
