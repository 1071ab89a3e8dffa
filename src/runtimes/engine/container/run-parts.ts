import type { ObservedExit } from '../../../core/ports/runtime.ts';
import type { Endpoint } from '../../../core/ports/stdio-channel.ts';
import type { EngineSite } from './engine-site.ts';
import type { KnownContainer } from './known-containers.ts';
import type { OutputLink } from './output-link.ts';
import type { StdioLink } from './stdio-link.ts';

export interface RunParts {
  readonly site: EngineSite;
  readonly known: KnownContainer;
  readonly generation: number;
  readonly startedAt: string;
  readonly endpoint: Endpoint;
  /** The way to a stdio server, or what tells of an HTTP server's end; null = only events do. */
  readonly link: StdioLink | OutputLink | null;
  readonly startedByOther: boolean;
}

/** A run as those see it who end it, or read what it said last. */
export interface EndableRun {
  readonly parts: RunParts;
  /** Its end is known. */
  readonly over: boolean;
  readonly paused: boolean;
  readonly exited: Promise<ObservedExit>;
  /** Holdfast ends it: what the engine tells of that is no news. */
  ownStop: boolean;
  examine(): Promise<void>;
}
