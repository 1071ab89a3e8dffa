import { execFile } from 'node:child_process';
import * as z from 'zod';
import type { Login } from './login-files.ts';

const HELPER_WITHIN_MS = 10_000;
/** Of what it prints, bytes. */
const MOST_BYTES = 1_000_000;

const answerSchema = z.object({ Username: z.string(), Secret: z.string() });

/** What a helper knows: a login, nothing, or a sentence without secrets why it could not be asked. */
export type HelperAnswer = Login | null | { readonly warning: string };

/**
 * Asks `docker-credential-NAME get`, without a shell, for at most 10 s.
 * @param server as `docker login` names it, e.g. `https://index.docker.io/v1/`
 * @param env of the caller: where the helper is found, and where it finds its own things
 */
export function askHelper(name: string, server: string, env: Readonly<Record<string, string>>, signal: AbortSignal): Promise<HelperAnswer> {
  const program = `docker-credential-${name}`;
  // From a file that others may write to: a path would run anything.
  if (!/^[\w.-]+$/.test(name)) return Promise.resolve({ warning: `${JSON.stringify(name)} is no name of a credential helper` });
  return new Promise((resolve) => {
    const options = {
      env: { ...env },
      timeout: HELPER_WITHIN_MS,
      killSignal: 'SIGKILL',
      maxBuffer: MOST_BYTES,
      signal,
      windowsHide: true,
    } as const;
    const child = execFile(program, ['get'], options, (error, stdout) => {
      if (error === null) return resolve(loginFrom(program, stdout));
      // The protocol of the helpers: exit code 1 and these words mean that there is no login.
      if (/credentials not found/i.test(stdout)) return resolve(null);
      resolve({ warning: `${program} was not asked for the login at ${server}: ${reasonOf(error)}` });
    });
    // It may end without reading.
    child.stdin?.on('error', () => {});
    child.stdin?.end(server);
  });
}

function loginFrom(program: string, stdout: string): HelperAnswer {
  let value: unknown;
  try {
    value = JSON.parse(stdout);
  } catch {
    // What it printed may be the secret itself.
    return { warning: `${program} answered something that is no login` };
  }
  const { success, data } = answerSchema.safeParse(value);
  if (!success) return { warning: `${program} answered something that is no login` };
  // An identity token is marked so.
  if (data.Username === '<token>') return { username: '', identityToken: data.Secret };
  return data.Username === '' ? null : { username: data.Username, password: data.Secret };
}

/** Never its output. */
function reasonOf(error: Error & { readonly code?: unknown; readonly killed?: boolean }): string {
  if (error.code === 'ENOENT') return 'it is not installed';
  if (error.name === 'AbortError') return 'nobody waits for it any more';
  if (error.killed === true) return `it did not answer within ${HELPER_WITHIN_MS / 1_000} s`;
  return typeof error.code === 'number' ? `it failed with exit code ${error.code}` : 'it could not be run';
}
