import { HoldfastError } from '../core/errors/holdfast-error.ts';
import { locateControlSocket } from '../platform/control-socket.ts';
import { type Directories, resolveDirectories } from '../platform/directories.ts';
import { type Machine, thisMachine } from '../platform/machine.ts';
import { PlatformError } from '../platform/platform-error.ts';
import { prepareDirectories } from '../platform/private-folder.ts';

/** The folders of one Holdfast. */
export interface Home {
  readonly directories: Directories;
  /** Path of the control socket, or name of the pipe. */
  readonly controlSocket: string;
}

/** Finds the home, makes the folders that are missing, and checks the others. @throws HF_HOME */
export async function openHome(machine: Machine = thisMachine()): Promise<Home> {
  try {
    const directories = resolveDirectories(machine);
    await prepareDirectories(directories, machine);
    return { directories, controlSocket: await locateControlSocket(directories, machine) };
  } catch (thrown) {
    if (!(thrown instanceof PlatformError)) throw thrown;
    const { code, what, why, fix, cause } = thrown;
    throw new HoldfastError(code, { what, why, fix, cause });
  }
}
