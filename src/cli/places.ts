import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HoldfastError } from '../api/contract/errors.ts';
import { startInBackground } from '../platform/background.ts';
import { locateControlSocket } from '../platform/control-socket.ts';
import { type Directories, resolveDirectories } from '../platform/directories.ts';
import { type Machine, thisMachine } from '../platform/machine.ts';
import { PlatformError } from '../platform/platform-error.ts';
import { prepareDirectories } from '../platform/private-folder.ts';
import { definedEnv } from './defined-env.ts';

/** Where the daemon of this home is, and how it is started. */
export interface Places {
  /** Path of the control socket. */
  readonly socket: string;
  readonly logFile: string;
  /** Starts the daemon; resolves when it has ended. @param args further ones for it */
  readonly startDaemon: (args?: readonly string[]) => Promise<unknown>;
}

/** Finds, and makes where they are missing, the folders of the home. @throws HF_HOME */
export async function findPlaces(cwd: string, env: Readonly<Record<string, string | undefined>>): Promise<Places> {
  const machine = { ...thisMachine(), cwd, env };
  try {
    const directories = resolveDirectories(machine);
    const socket = await locateSocket(directories, machine);
    const logFile = join(directories.state, 'daemon.log');
    const daemonEnv = { ...definedEnv(env), ...(directories.home === null ? {} : { HOLDFAST_HOME: directories.home }) };
    return {
      socket,
      logFile,
      async startDaemon(args = []) {
        const { ended } = await startInBackground({ file: process.execPath, args: [daemonEntry(), ...args], env: daemonEnv, logFile });
        const { code, signal } = await ended;
        throw new Error(signal === null ? `it ended with exit code ${code ?? 'unknown'}` : `it was ended by ${signal}`);
      },
    };
  } catch (error) {
    throw error instanceof PlatformError ? homeError(error) : error;
  }
}

/** All folders are looked at only where the state folder is missing: a daemon that runs has made and checked them. */
async function locateSocket(directories: Directories, machine: Machine): Promise<string> {
  try {
    return await locateControlSocket(directories, machine);
  } catch (error) {
    if (error instanceof PlatformError) throw error;
    await prepareDirectories(directories, machine);
    return locateControlSocket(directories, machine);
  }
}

/** The bundles of both programs lie in one folder, flat. */
const daemonEntry = (): string => fileURLToPath(new URL('./holdfastd.js', import.meta.url));

function homeError({ code, what, why, fix, cause }: PlatformError): HoldfastError {
  return new HoldfastError(code, { what, why, fix, cause });
}
