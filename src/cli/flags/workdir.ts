import { resolve } from 'node:path';
import { usage } from '../usage.ts';

/** `--workdir` as an absolute path. @param runsHere whether it is a folder of this machine, or of a container. @throws HF_USAGE */
export function workdir(given: string, cwd: string, runsHere: boolean): string {
  if (runsHere) return resolve(cwd, given);
  if (given.startsWith('/')) return given;
  throw usage(`--workdir ${JSON.stringify(given)} is not an absolute path`, 'It is a folder in the container: write it as /app.');
}
