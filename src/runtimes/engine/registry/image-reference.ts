import { HoldfastError } from '../../../core/errors/holdfast-error.ts';
import type { EngineKind } from '../client/engine-system.ts';

/** Where names without a registry lead, and where its own names get `library/`. */
const DOCKER_HUB = 'docker.io';

export interface ImageReference {
  /** `docker.io`, `localhost`, `ghcr.io`, `127.0.0.1:5000`. */
  readonly registry: string;
  /** With `library/` where Docker's registry needs it. */
  readonly repository: string;
  /** Null where there is a digest and no tag. */
  readonly tag: string | null;
  /** `sha256:…` */
  readonly digest: string | null;
}

// The grammar of the distribution project (reference.go), which every engine uses.
const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const NAME = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);
const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9a-fA-F:]+\])(?::\d{1,5})?$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-fA-F]{32,}$/;
const LONGEST_NAME = 255;
/** What `docker images` shows, or an engine's whole id. */
const ID = /^(?:sha256:[0-9a-f]{64}|[0-9a-f]{12}|[0-9a-f]{64})$/;

/** @throws HF_BAD_SPEC for what is no reference; a missing tag is `latest` unless there is a digest */
export function parseImageReference(text: string): ImageReference {
  const { registry, name, tag, digest } = split(text);
  const repository = (registry ?? DOCKER_HUB) === DOCKER_HUB && !name.includes('/') ? `library/${name}` : name;
  return { registry: registry ?? DOCKER_HUB, repository, tag: tag ?? (digest === null ? 'latest' : null), digest };
}

/** The full name: `docker.io/library/node:20`. */
export function formatImageReference({ registry, repository, tag, digest }: ImageReference): string {
  return `${registry}/${repository}${tag === null ? '' : `:${tag}`}${digest === null ? '' : `@${digest}`}`;
}

/**
 * The names under which the engine may have the image already, in the order in which to ask for them; the last is the one to pull.
 * Docker takes a name as it is; Podman is asked by full names, since a short one may mean several images: what was built there comes first.
 * All carry a tag or a digest: without, a pull takes every tag that there is.
 * @throws HF_BAD_SPEC
 */
export function namesToTry(text: string, kind: EngineKind): readonly string[] {
  if (ID.test(text)) return [text];
  const reference = parseImageReference(text);
  const { registry, name } = split(text);
  if (kind === 'docker') return [formatWith(registry, name, reference)];
  const full = formatImageReference(reference);
  return registry === null ? [formatWith('localhost', name, reference), full] : [full];
}

function formatWith(registry: string | null, name: string, { tag, digest }: ImageReference): string {
  const whole = formatImageReference({ registry: registry ?? '', repository: name, tag, digest });
  return registry === null ? whole.slice(1) : whole;
}

interface Parts {
  /** Null = none was named. */
  readonly registry: string | null;
  readonly name: string;
  readonly tag: string | null;
  readonly digest: string | null;
}

function split(text: string): Parts {
  const [beforeDigest = '', digest = null, ...more] = text.split('@');
  const colon = beforeDigest.lastIndexOf(':');
  // A colon before the last slash is a port.
  const hasTag = colon > beforeDigest.lastIndexOf('/');
  const path = hasTag ? beforeDigest.slice(0, colon) : beforeDigest;
  const tag = hasTag ? beforeDigest.slice(colon + 1) : null;
  const slash = path.indexOf('/');
  const first = path.slice(0, Math.max(slash, 0));
  const isRegistry = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
  const host = isRegistry ? first : null;
  const name = isRegistry ? path.slice(slash + 1) : path;
  const valid =
    more.length === 0 &&
    path.length <= LONGEST_NAME &&
    NAME.test(name) &&
    (host === null || HOST.test(host)) &&
    (tag === null || TAG.test(tag)) &&
    (digest === null || DIGEST.test(digest));
  if (!valid) throw notAReference(text);
  return { registry: host === 'index.docker.io' ? DOCKER_HUB : host, name, tag, digest };
}

function notAReference(text: string): HoldfastError {
  return new HoldfastError('HF_BAD_SPEC', {
    what: `${JSON.stringify(text)} is no name of an image`,
    why: 'it is not [REGISTRY/]NAME[:TAG][@DIGEST] in lower case',
    fix: 'Write it as `docker pull` takes it, e.g. `node:20` or `ghcr.io/owner/server:1.2`.',
  });
}
