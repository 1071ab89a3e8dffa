import type { EngineAddress } from '../client/engine-address.ts';
import type { EngineKind, EngineVersion } from '../client/engine-system.ts';

/** A way by which an address was found, as shown to people: `DOCKER_HOST`, `docker context "remote"`, `usual socket`, … */
export interface EngineCandidate {
  readonly strategy: string;
  /** Null where the way leads to nothing that can be spoken to; `detail` says why. */
  readonly address: EngineAddress | null;
  readonly outcome: 'answers' | 'absent' | 'refused' | 'no-permission' | 'too-old' | 'wrong-kind' | 'unsupported';
  /** One sentence: why, and what to do. Empty where it answers. */
  readonly detail: string;
  readonly version: EngineVersion | null;
}

export interface Discovery {
  /** In order of preference. Those behind the chosen one were not asked. */
  readonly candidates: readonly EngineCandidate[];
  readonly chosen: (EngineCandidate & { readonly address: EngineAddress; readonly version: EngineVersion }) | null;
}

/** Whose choice it is: the process that called, not the daemon. */
export interface Caller {
  readonly env: Readonly<Record<string, string>>;
  readonly platform: NodeJS.Platform;
  readonly uid: number | null;
  /** Home folder, absolute. */
  readonly home: string;
}

/** Asks one address what answers there. @throws EngineError */
export type Probe = (address: EngineAddress) => Promise<EngineVersion>;

/** Text of a file, or null where there is none (or it may not be read). */
export type ReadText = (path: string) => string | null;

export interface DiscoveryOptions {
  readonly caller: Caller;
  /** What `--runtime` said; null = either. */
  readonly only: EngineKind | null;
  readonly probe: Probe;
  readonly readText: ReadText;
}

/** Asks the ways in their order until one answers. Throws nothing: what did not answer is told with its reason. */
export function discoverEngines(options: DiscoveryOptions): Promise<Discovery> {
  throw new Error(`no discovery for ${options.caller.platform} yet`);
}
