import { fileURLToPath } from 'node:url';

/** Where a program of the benchmark lies: all of them are built into one folder, flat (scripts/build.mjs). */
export function programFile(name: string): string {
  return fileURLToPath(new URL(`./${name}.js`, import.meta.url));
}
