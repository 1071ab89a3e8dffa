import type { EngineAddress } from '../client/engine-address.ts';
import type { EngineKind } from '../client/engine-system.ts';

/** Whose choice it is: the process that called, not the daemon. */
export interface Caller {
  readonly env: Readonly<Record<string, string>>;
  readonly platform: NodeJS.Platform;
  readonly uid: number | null;
  /** Home folder, absolute. */
  readonly home: string;
}

/** Text of a file, or null where there is none (or it may not be read). */
export type ReadText = (path: string) => string | null;

/** One place to look for an engine. */
export interface EngineWay {
  /** As shown to people: `DOCKER_HOST`, `docker context "remote"`, `usual socket of Docker`. */
  readonly strategy: string;
  /** Or why it cannot be used, and what to do: one sentence or two. */
  readonly leads: { readonly to: EngineAddress } | { readonly nowhere: string };
  /** The kinds that the user chose by it, so that no other engine of that kind takes its place; none for places that are only usual. */
  readonly chosenFor: readonly EngineKind[];
}
