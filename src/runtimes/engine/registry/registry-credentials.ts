import type { EngineKind } from '../client/engine-system.ts';
import type { Caller, ReadText } from '../discovery/engine-way.ts';
import { askHelper } from './credential-helper.ts';
import type { ImageReference } from './image-reference.ts';
import { helperFor, type Login, loginFiles, storedLogin } from './login-files.ts';

/** Under that name Docker's own registry is known to logins and helpers. */
const DOCKER_HUB_SERVER = 'https://index.docker.io/v1/';

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
export async function registryCredentials({ reference, kind, caller, readText, signal }: CredentialsRequest): Promise<RegistryCredentials> {
  const { registry, repository } = reference;
  const server = registry === 'docker.io' ? DOCKER_HUB_SERVER : registry;
  const { files, warnings } = loginFiles(kind, caller, readText);
  for (const file of files) {
    const helper = helperFor(file, registry);
    const answer = helper === undefined ? null : await askHelper(helper, server, caller.env, signal);
    if (answer !== null && 'warning' in answer) warnings.push(answer.warning);
    const login = answer === null || 'warning' in answer ? storedLogin(file, registry, repository) : answer;
    if (login !== null) return { auth: headerValue(login, server), warnings };
  }
  return { auth: null, warnings };
}

/** JSON in base64url with its padding, which Go insists on (Docker API, "Authentication"). */
function headerValue(login: Login, server: string): string {
  const { username } = login;
  const secret = 'password' in login ? { password: login.password } : { identitytoken: login.identityToken };
  const json = JSON.stringify({ username, ...secret, serveraddress: server });
  return Buffer.from(json).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}
