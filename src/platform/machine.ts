import { homedir, tmpdir } from 'node:os';

/** What the rest of this folder asks about the machine and the user. Tests bring their own. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's number; null on Windows. */
  readonly uid: number | null;
  /** The user's own folder. */
  readonly userHome: string;
  /** The folder for temporary files. */
  readonly temporary: string;
  readonly cwd: string;
}

/** This machine, this user, now. */
export function thisMachine(): Machine {
  return {
    platform: process.platform,
    env: process.env,
    uid: process.getuid?.() ?? null,
    userHome: homedir(),
    temporary: tmpdir(),
    cwd: process.cwd(),
  };
}
