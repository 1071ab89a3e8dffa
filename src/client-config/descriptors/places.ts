import type { ClientFiles, FileLocation, Moved } from './location.ts';

/** The same place below the home folder on every system. */
export function inHome(path: string, ...moved: readonly Moved[]): ClientFiles {
  const location: FileLocation = { base: 'home', path, ...(moved.length > 0 ? { moved } : {}) };
  return { linux: location, darwin: location, win32: location };
}

/** Where VS Code and what was made from it keep their user data (`userDataPath.ts` of VS Code). */
export function inUserData(path: string): ClientFiles {
  return { linux: { base: 'config', path }, darwin: { base: 'library', path }, win32: { base: 'roaming', path } };
}
