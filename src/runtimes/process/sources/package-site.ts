import { HoldfastError } from '../../../core/errors/holdfast-error.ts';
import type { Progress } from '../../../core/ports/progress.ts';
import type { InstalledPackage, InstallStore } from './install-store.ts';

/** How a package is started, without its manager. */
export interface PackageLaunch {
  readonly file: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly installed: InstalledPackage;
}

export interface PackageSite {
  readonly store: InstallStore;
  /** As asked for, for messages. */
  readonly source: string;
  readonly cwd: string;
  /** The captured environment of the caller. */
  readonly env: Readonly<Record<string, string>>;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** The error for a program that a package needs and that is not there. */
export function toolMissing(source: string, tool: string, fix: string): HoldfastError {
  return new HoldfastError('HF_COMMAND_NOT_FOUND', { what: `${source} needs ${tool}, which is not in PATH`, fix });
}
