import { readFileSync } from 'node:fs';
import type { ReadText } from './engine-way.ts';

/** A configuration that cannot be read is one that is not there: the next place is looked at. */
export const readTextFile: ReadText = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
};
