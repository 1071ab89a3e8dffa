import type { EngineKind } from '../client/engine-system.ts';
import type { Caller, ReadText } from '../discovery/discover-engines.ts';
import type { ImageReference } from './image-reference.ts';

export interface CredentialsRequest {
  readonly reference: ImageReference;
  readonly kind: EngineKind;
  readonly caller: Caller;
  readonly readText: ReadText;
  readonly signal: AbortSignal;
}

export interface RegistryCredentials {
  /** Value of `X-Registry-Auth`: a secret; null = nobody logged in to that registry. */
  readonly auth: string | null;
  /** What could not be asked, one sentence each; holds no secrets. */
  readonly warnings: readonly string[];
}

/** The caller's own login at the registry of an image, from where `docker login` and `podman login` keep it. Never fails. */
export function registryCredentials(request: CredentialsRequest): Promise<RegistryCredentials> {
  throw new Error(`no credentials for ${request.reference.registry} yet`);
}
