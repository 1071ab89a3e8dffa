import { posix } from 'node:path';
import * as z from 'zod';
import type { EngineKind } from '../client/engine-system.ts';
import type { Caller, ReadText } from '../discovery/engine-way.ts';

const entrySchema = z.object({
  auth: z.string().nullish(),
  identitytoken: z.string().nullish(),
  username: z.string().nullish(),
  password: z.string().nullish(),
});

const fileSchema = z.object({
  auths: z.record(z.string(), entrySchema).nullish(),
  credHelpers: z.record(z.string(), z.string()).nullish(),
  credsStore: z.string().nullish(),
});

/** What `docker login` or `podman login` wrote down. */
export type LoginFile = z.infer<typeof fileSchema>;

/** A login at a registry: all of it is secret. */
export type Login =
  | { readonly username: string; readonly password: string }
  | { readonly username: string; readonly identityToken: string };

/** The files in the order in which the engine's own command line looks into them, and what of them could not be read. */
export function loginFiles(kind: EngineKind, caller: Caller, readText: ReadText): { files: LoginFile[]; warnings: string[] } {
  const files: LoginFile[] = [];
  const warnings: string[] = [];
  for (const path of pathsOf(kind, caller)) {
    const text = readText(path);
    if (text === null) continue;
    const file = parse(text);
    if (file === null) warnings.push(`${path} is no valid login file, and was not used`);
    else files.push(file);
  }
  return { files, warnings };
}

function pathsOf(kind: EngineKind, { env, home, uid }: Caller): string[] {
  const docker = posix.join(env['DOCKER_CONFIG'] || posix.join(home, '.docker'), 'config.json');
  if (kind === 'docker') return [docker];
  const named = env['REGISTRY_AUTH_FILE'];
  if (named) return [named, docker];
  const runtime = env['XDG_RUNTIME_DIR'] || (uid === null ? null : `/run/user/${uid}`);
  const config = env['XDG_CONFIG_HOME'] || posix.join(home, '.config');
  return [
    ...(runtime === null ? [] : [posix.join(runtime, 'containers', 'auth.json')]),
    posix.join(config, 'containers', 'auth.json'),
    docker,
  ];
}

function parse(text: string): LoginFile | null {
  try {
    return fileSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    // The caller says that it is damaged, without its words: they could hold a secret.
    return null;
  }
}

/**
 * The entry of `auths` for an image: by the registry, or by the longest part of its path, as Podman writes it (`quay.io/owner`).
 * Null where there is none, or an empty one (that is what a credential helper leaves behind).
 */
export function storedLogin(file: LoginFile, registry: string, repository: string): Login | null {
  const parts = repository.split('/');
  for (let count = parts.length; count >= 0; count -= 1) {
    const wanted = [registry, ...parts.slice(0, count)].join('/');
    for (const [key, entry] of Object.entries(file.auths ?? {})) {
      if (registryOf(key) !== wanted) continue;
      const login = loginOf(entry);
      if (login !== null) return login;
    }
  }
  return null;
}

/** The program that keeps the login for a registry, by the last part of its name; undefined = none. */
export function helperFor(file: LoginFile, registry: string): string | undefined {
  const own = Object.entries(file.credHelpers ?? {}).find(([key]) => registryOf(key) === registry);
  return own?.[1] ?? (file.credsStore || undefined);
}

/** `https://index.docker.io/v1/` → `docker.io`; `https://ghcr.io` → `ghcr.io`. */
function registryOf(key: string): string {
  const bare = key.replace(/^https?:\/\//, '').replace(/\/(?:v[12]\/?)?$/, '');
  return /^(?:index\.|registry-1\.)?docker\.io$/.test(bare) ? 'docker.io' : bare;
}

function loginOf(entry: z.infer<typeof entrySchema>): Login | null {
  const decoded = Buffer.from(entry.auth ?? '', 'base64')
    .toString('utf8')
    .replace(/\0+$/, '');
  const colon = decoded.indexOf(':');
  const username = entry.username || (colon < 0 ? '' : decoded.slice(0, colon));
  if (entry.identitytoken) return { username, identityToken: entry.identitytoken };
  const password = entry.password || (colon < 0 ? '' : decoded.slice(colon + 1));
  return username === '' ? null : { username, password };
}
