import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { HoldfastError } from '../api/contract/errors.ts';
import { parseEnvFile } from './env-file.ts';
import { usage } from './usage.ts';

export interface EnvSources {
  /** Folders: each of their files, in order of their names. */
  readonly folders: readonly string[];
  readonly files: readonly string[];
  /** `KEY=VALUE`, or `KEY` for the caller's own value. */
  readonly given: readonly string[];
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'it may not be read',
  EISDIR: 'it is a folder; --env-file-dir takes one',
  ENOTDIR: 'it is no folder; --env-file takes a file',
};

/** Variables for a server: folders, then files, then what was given one by one; a later one wins. @throws HF_ENV_FILE, HF_USAGE */
export async function collectEnv(
  sources: EnvSources,
  cwd: string,
  own: Readonly<Record<string, string | undefined>>,
): Promise<Record<string, string>> {
  const env: Record<string, string> = {};
  for (const folder of sources.folders) {
    for (const file of await filesOf(resolve(cwd, folder), folder)) Object.assign(env, await readEnvFile(file, file));
  }
  for (const file of sources.files) Object.assign(env, await readEnvFile(resolve(cwd, file), file));
  for (const pair of sources.given) {
    const at = pair.indexOf('=');
    const key = at < 0 ? pair : pair.slice(0, at);
    const value = at < 0 ? own[key] : pair.slice(at + 1);
    if (key === '') throw usage('--env needs a name before the =', 'Write it as -e KEY=VALUE.');
    if (value === undefined) throw usage(`--env ${key}: this shell has no such variable`, `Write it as -e ${key}=VALUE, or export it.`);
    env[key] = value;
  }
  return env;
}

async function filesOf(folder: string, shown: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw unreadable(shown, cause);
  });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(folder, entry.name))
    .toSorted();
}

async function readEnvFile(path: string, shown: string): Promise<Record<string, string>> {
  const content = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw unreadable(shown, cause);
  });
  return parseEnvFile(content, shown);
}

function unreadable(file: string, cause: unknown): HoldfastError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const why = WHY[code] ?? (cause instanceof Error ? cause.message : String(cause));
  return new HoldfastError('HF_ENV_FILE', {
    what: `${file} cannot be read`,
    why,
    fix: 'Check the path and its permissions.',
    data: { file },
    cause,
  });
}
