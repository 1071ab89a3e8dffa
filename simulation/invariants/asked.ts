import type { Execution } from './ledger.ts';

/** The final answer to a request as its caller got it. */
export interface Answered {
  readonly at: number;
  readonly ok: boolean;
  /** Code of Holdfast's own error; `http-404` and such for another status; null where the server answered. */
  readonly code: string | null;
  /** What an error of Holdfast says about it; null where nothing is said. */
  readonly mayHaveExecuted: boolean | null;
}

/** One request of a simulated client, and everything that became of it. Times are monotonic ms. */
export interface Asked {
  readonly key: string;
  readonly id: number | string;
  readonly client: string;
  readonly workload: string;
  /** Of the workload that had the name when the request arrived. */
  workloadId: string;
  readonly method: string;
  readonly tool: string | null;
  readonly sentAt: number;
  /** Holdfast took it in; null = not yet, or never. */
  arrivedAt: number | null;
  readonly handed: { readonly pid: number; readonly at: number }[];
  /** It was taken for a pipe, which counts as delivered, and the pipe refused it at the end of the turn. */
  refusedLate: boolean;
  readonly executions: Execution[];
  /** Last sign of life that Holdfast could see. */
  aliveAt: number;
  readonly answers: Answered[];
  /** Why nothing of it may reach a server any more; null while it may. */
  sealed: string | null;
  /** Why it may stay without an answer; null while it must get one. */
  excuse: string | null;
  /** Its client was asked something in its course. */
  questioned: boolean;
  /** The last progress that its client got. */
  progress: number;
  /** Monotonic ms since when its client has no connection on which an answer could come; it will come back for it. Null = it has one. */
  awaySince: number | null;
}

export function isOpen(asked: Asked): boolean {
  return asked.answers.length === 0 && asked.excuse === null;
}
