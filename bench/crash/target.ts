import type { Kill } from './call.ts';

/** For a server that boots in a tenth of a second, ms. */
export const GIVE_UP_MS = 3_000;

/** Servers of a target that run. */
export interface Living {
  /** Their numbers, as they write them down. */
  readonly servers: ReadonlySet<number>;
  /** SIGKILL, at once. */
  kill(): void;
}

/** What is promised of a target, beside that nothing fails. */
export interface Promises {
  /** What it may need beyond the server's own start, ms. */
  readonly slackMs: number;
  /** Until it knows of a crash, ms; null for no promise. */
  readonly detectionMs: number | null;
}

/** Something that stands before the server while it is killed again and again. */
export interface Target {
  readonly name: string;
  readonly url: string;
  /** Where its servers write down what they did. */
  readonly journal: string;
  /** How its server speaks, for the comparison with the server's own boot. */
  readonly transport: 'stdio' | 'http';
  /** How often the server is killed. */
  readonly kills: number;
  /** A client that is not answered so long after a kill has lost its session, ms. */
  readonly giveUpMs: number;
  /** Null for what is not Holdfast. */
  readonly promises: Promises | null;
  living(): Living;
  /** Adds when the proxy knew, where it says so. */
  detections(kills: readonly Kill[]): Promise<void>;
  end(): Promise<void>;
}
