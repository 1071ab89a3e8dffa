import type { EngineAddress } from '../client/engine-address.ts';
import { EngineError } from '../client/engine-error.ts';
import { engineAdvice } from '../client/engine-failure.ts';
import type { EngineKind, EngineVersion } from '../client/engine-system.ts';
import { contextWays } from './context-ways.ts';
import type { Caller, EngineWay, ReadText } from './engine-way.ts';
import { usualWays } from './usual-ways.ts';
import { variableWays } from './variable-ways.ts';

export type { Caller, ReadText } from './engine-way.ts';

/** A way by which an engine was looked for, and what became of it. */
export interface EngineCandidate {
  /** As shown to people: `DOCKER_HOST`, `docker context "remote"`, `usual socket of Docker`, … */
  readonly strategy: string;
  /** Null where the way leads to nothing that can be spoken to; `detail` says why. */
  readonly address: EngineAddress | null;
  readonly outcome: 'answers' | 'absent' | 'refused' | 'no-permission' | 'too-old' | 'wrong-kind' | 'unsupported';
  /** Why, and what to do, in a sentence or two. Empty where it answers. */
  readonly detail: string;
  readonly version: EngineVersion | null;
}

export interface Discovery {
  /** In order of preference. Those behind the chosen one were not asked, unless all were wanted. */
  readonly candidates: readonly EngineCandidate[];
  readonly chosen: (EngineCandidate & { readonly address: EngineAddress; readonly version: EngineVersion }) | null;
}

/** Asks one address what answers there. @throws EngineError */
export type Probe = (address: EngineAddress) => Promise<EngineVersion>;

export interface DiscoveryOptions {
  readonly caller: Caller;
  /** What `--runtime` said; null = either. */
  readonly only: EngineKind | null;
  readonly probe: Probe;
  readonly readText: ReadText;
  /** Ask also those behind the chosen one (what is only usual is not asked where a named one does not answer). */
  readonly all?: boolean;
}

/**
 * Asks the ways in their order; the first that answers (and is of the kind that is wanted) is chosen. An engine that the user named and that
 * does not answer is not replaced by one that only lies about: nothing is chosen then. What kind an engine is says its answer, never its path.
 * Throws nothing: what did not answer is told with its reason.
 */
export async function discoverEngines({ caller, only, probe, readText, all = false }: DiscoveryOptions): Promise<Discovery> {
  const candidates: EngineCandidate[] = [];
  const asked = new Set<string>();
  let chosen: Discovery['chosen'] = null;
  let named = false;
  for (const way of [...variableWays(caller, readText), ...contextWays(caller, readText), ...usualWays(caller)]) {
    if ((chosen !== null && !all) || (named && way.chosenFor.length === 0)) break;
    const place = 'to' in way.leads ? way.leads.to.address.replace('unix:///var/run/', 'unix:///run/') : null;
    if (place !== null && asked.has(place)) continue;
    if (place !== null) asked.add(place);
    const candidate = await ask(way, only, probe);
    candidates.push(candidate);
    const { address, version, outcome } = candidate;
    if (outcome === 'answers' && address !== null && version !== null) chosen ??= { ...candidate, address, version };
    if (outcome !== 'answers' && outcome !== 'wrong-kind' && isNamed(way, only)) named = true;
  }
  return { candidates, chosen };
}

/** `CONTAINER_HOST` is nobody's choice of a Docker engine. */
function isNamed({ chosenFor }: EngineWay, only: EngineKind | null): boolean {
  return only === null ? chosenFor.length > 0 : chosenFor.includes(only);
}

async function ask({ strategy, leads }: EngineWay, only: EngineKind | null, probe: Probe): Promise<EngineCandidate> {
  if ('nowhere' in leads) return { strategy, address: null, outcome: 'unsupported', detail: leads.nowhere, version: null };
  const address = leads.to;
  try {
    const version = await probe(address);
    if (only === null || version.kind === only) return { strategy, address, outcome: 'answers', detail: '', version };
    return {
      strategy,
      address,
      outcome: 'wrong-kind',
      detail: `It is ${version.kind} ${version.version}, and ${only} is wanted.`,
      version,
    };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const advice = engineAdvice(error);
    const detail = advice === undefined ? `${error.words}.` : `${error.words}. ${advice}`;
    return { strategy, address, outcome: outcomeOf(error), detail, version: null };
  }
}

function outcomeOf({ reason, cause }: EngineError): EngineCandidate['outcome'] {
  // A socket file that an engine left behind.
  if (cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED') return 'refused';
  if (reason === 'absent' || reason === 'no-permission' || reason === 'too-old') return reason;
  return 'refused';
}
