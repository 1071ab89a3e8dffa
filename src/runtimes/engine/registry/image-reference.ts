import type { EngineKind } from '../client/engine-system.ts';

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

/** @throws HF_BAD_SPEC for what is no reference; a missing tag is `latest` unless there is a digest */
export function parseImageReference(text: string): ImageReference {
  throw new Error(`cannot parse ${text} yet`);
}

/**
 * The names under which the engine may have the image already, in the order in which to ask for them; the last is the one to pull.
 * Docker takes names as they are; Podman is asked by full names only, since a short one may mean several images.
 * @throws HF_BAD_SPEC
 */
export function namesToTry(text: string, kind: EngineKind): readonly string[] {
  throw new Error(`cannot name ${text} for ${kind} yet`);
}
