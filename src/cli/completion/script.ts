import type { Command } from '../command.ts';
import { bashScript } from './bash.ts';
import { type Candidate, candidates } from './candidates.ts';
import { fishScript } from './fish.ts';
import type { Shell } from './shell.ts';
import { zshScript } from './zsh.ts';

/** A script that completes commands, flags, their words and names of workloads. */
export function completionScript(shell: Shell, commands: readonly Command[], groups: readonly string[]): string {
  const all: Candidate[] = candidates(commands, groups);
  if (shell === 'bash') return bashScript(all);
  return shell === 'zsh' ? zshScript(all) : fishScript(all);
}
