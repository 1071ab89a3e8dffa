import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

export interface BundledProgram {
  /** Path of a file that Node can run. */
  readonly file: string;
  remove(): Promise<void>;
}

/** Bundles a program of a test, because Node itself does not run TypeScript. */
export async function bundleProgram(source: URL): Promise<BundledProgram> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-program-'));
  const file = join(folder, 'program.mjs');
  const bundle = await rolldown({ input: fileURLToPath(source), platform: 'node' });
  await bundle.write({ file });
  await bundle.close();
  return { file, remove: () => rm(folder, { recursive: true, force: true }) };
}
