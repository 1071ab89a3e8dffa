// Starts a program in the background, says its process id, and ends at once.
//   node background-starter.mjs LOG_FILE SCRIPT
import { startInBackground } from '../../../src/platform/background.ts';

/** The one line of its output. */
export interface Started {
  readonly pid: number;
}

const [, , logFile = '', script = ''] = process.argv;
const { pid } = await startInBackground({ file: process.execPath, args: ['-e', script], env: {}, logFile });
process.stdout.write(JSON.stringify({ pid } satisfies Started));
