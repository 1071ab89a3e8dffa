import { builtProgram } from './program.ts';

/** Builds what the tests drive before the first of them, where that is older than its sources. */
export async function setup(): Promise<void> {
  await builtProgram();
}
