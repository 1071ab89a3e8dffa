import type { EngineKind } from './engine-system.ts';

/** What is used exists since then: Docker 19.03. */
const OLDEST_API = '1.40';
/** Newest version whose changes were looked at; a newer engine still speaks it. */
const NEWEST_API = '1.51';
/** Before 4.0 the Docker API of Podman lacks most of what is used. */
const OLDEST_PODMAN = 4;

export interface EngineVersions {
  readonly kind: EngineKind;
  /** Of the engine. */
  readonly version: string;
  /** Newest and oldest API that it speaks; the oldest is null where it does not say. */
  readonly newest: string;
  readonly oldest: string | null;
}

export type Agreement = { readonly apiVersion: string } | { readonly tooOld: string } | { readonly tooNew: string };

/** The highest API that both sides know, or one sentence why there is none. */
export function agreeOnApi({ kind, version, newest, oldest }: EngineVersions): Agreement {
  if (kind === 'podman' && Number.parseInt(version, 10) < OLDEST_PODMAN) {
    return { tooOld: `it is Podman ${version}, an engine too old: Podman ${OLDEST_PODMAN}.0 is the oldest that can be used` };
  }
  if (compareApi(newest, OLDEST_API) < 0) {
    return {
      tooOld: `it is version ${version} with API ${newest}, an engine too old: API ${OLDEST_API} (Docker 19.03) is the oldest that can be used`,
    };
  }
  if (oldest !== null && compareApi(oldest, NEWEST_API) > 0) {
    return { tooNew: `it speaks API ${oldest} and newer only, and this Holdfast knows it up to ${NEWEST_API}` };
  }
  return { apiVersion: compareApi(newest, NEWEST_API) < 0 ? newest : NEWEST_API };
}

/** Negative where `a` is older. `1.9` is older than `1.40`. */
function compareApi(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA - majorB || minorA - minorB;
}
