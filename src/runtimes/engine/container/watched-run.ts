import type { ContainerSummary } from '../client/containers/container-state.ts';

/** A run as whoever hears of the engine sees it. */
export interface WatchedRun {
  /** The engine says that it died. */
  died(exitCode: number | null): void;
  /** Somebody had the engine end it. */
  killed(): void;
  setPaused(paused: boolean): void;
  /** @param why another engine answers in the place of its own; null = its own does */
  setElsewhere(why: string | null): void;
  /** @param summary of the listing; undefined = it is not in it */
  listed(summary: ContainerSummary | undefined, afterOutage: boolean): Promise<void> | null;
  /** Tells whoever observes of its condition, when that is another one. */
  showCondition(): void;
  /** Asks the engine what became of it, until that is clear. Any sign is a reason; no sign is believed by itself. */
  examine(): Promise<void>;
  /** Lets go of it, and says nothing of it. */
  abandon(): void;
}
