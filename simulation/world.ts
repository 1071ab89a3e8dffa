import type { ClientFiles } from './entries/client-files.ts';
import type { Plan } from './faults/plan.ts';
import type { ContainerFacts } from './invariants/containers.ts';
import type { Intent, Intents } from './invariants/intents.ts';
import type { Ledger } from './invariants/ledger.ts';
import type { Random } from './time/random.ts';
import type { VirtualTime } from './time/virtual-time.ts';
import type { Trace } from './trace.ts';

/** A promise that was broken. */
export interface Violation {
  /** Which one: a stable word. */
  readonly rule: string;
  readonly detail: string;
}

/** What everybody in a run shares. */
export interface World {
  readonly plan: Plan;
  readonly time: VirtualTime;
  readonly random: Random;
  readonly trace: Trace;
  readonly ledger: Ledger;
  readonly intents: Intents;
  readonly containers: ContainerFacts;
  readonly clientFiles: ClientFiles;
  /** Daemons so far. */
  readonly daemons: number;
  /** False once the faults are over and everything is left to recover. */
  faulty: boolean;
  /** The first broken promise; the run ends at once. */
  violation: Violation | null;
  /** Whether the journal could not be written for that session. */
  mayBeForgotten(sessionId: string): boolean;
  /** Whether what is on the disk may be older than a daemon's last word. */
  generationsForgotten(): boolean;
  /** An order of the user concerning it is under way. */
  isBeingAsked(intent: Intent): boolean;
  /** An order to stop or remove it was carried out: checks that nothing of it lives. */
  nothingLives(intent: Intent): void;
  /** Notes a broken promise. Never throws: what is being tested must not be able to catch it. */
  fail(rule: string, detail: string): void;
}
