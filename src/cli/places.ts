import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DaemonEnd } from '../api/connect/connect.ts';
import { startInBackground } from '../platform/background.ts';
import { thisMachine } from '../platform/machine.ts';
import { openHome } from '../settings/home.ts';
import { definedEnv } from './defined-env.ts';

/** Where the daemon of this home is, and how it is started. */
export interface Places {
  /** Path of the control socket. */
  readonly socket: string;
  readonly logFile: string;
  /** Starts the daemon; resolves when it has ended. @param args further ones for it */
  readonly startDaemon: (args?: readonly string[]) => Promise<DaemonEnd>;
}

/** Finds, and makes where they are missing, the folders of the home. @throws HF_HOME */
export async function findPlaces(cwd: string, env: Readonly<Record<string, string | undefined>>): Promise<Places> {
  const { directories, controlSocket } = await openHome({ ...thisMachine(), cwd, env });
  const logFile = join(directories.state, 'daemon.log');
  // The daemon runs in the root folder, where a relative path would lead elsewhere.
  const daemonEnv = { ...withoutMarker(definedEnv(env)), ...(directories.home === null ? {} : { HOLDFAST_HOME: directories.home }) };
  return {
    socket: controlSocket,
    logFile,
    async startDaemon(args = []) {
      const { ended } = await startInBackground({ file: process.execPath, args: [daemonEntry(), ...args], env: daemonEnv, logFile });
      return ended;
    },
  };
}

/** A server that starts a daemon by a command of its own must not hand it its marker: it would be taken for what the server left behind. */
function withoutMarker({ HOLDFAST_BACKEND: _marker, ...env }: Record<string, string>): Record<string, string> {
  return env;
}

/** The bundles of both programs lie in one folder, flat. */
const daemonEntry = (): string => fileURLToPath(new URL('./holdfastd.js', import.meta.url));
