import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import type { Caller, ReadText } from '../discovery/discover-engines.ts';

/** Whoever ran the command: the engine is chosen, and logged in to registries, by its environment and not by the daemon's. */
export function callerOf(env: Readonly<Record<string, string>>): Caller {
  return { env, platform: process.platform, uid: process.getuid?.() ?? null, home: env['HOME'] ?? homedir() };
}

export const readTextFile: ReadText = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Not there, or not for us: the ways that need it say what they miss.
    return null;
  }
};
