import { constants } from 'node:os';
import type { ObservedExit } from '../../core/ports/runtime.ts';

const signalNames = new Map<number, string>(Object.entries(constants.signals).map(([name, number]) => [number, name]));
// Several names share a number; these are the usual ones.
for (const name of ['SIGABRT', 'SIGIO', 'SIGCHLD'] as const) signalNames.set(constants.signals[name], name);

/** Nobody wrote down how it ended. */
export const UNKNOWN_EXIT: ObservedExit = { cause: 'unknown', exitCode: null, signal: null, oom: false };

/**
 * How a process ended, from what `wait` said about it.
 * A code of 128+n, where n is a signal, is what a shell (or anything that follows its habit) says about a child that signal n killed:
 * it is shown as that signal.
 */
export function exitOf(code: number | null, signal: string | null): ObservedExit {
  if (signal !== null) return { cause: 'signalled', exitCode: null, signal, oom: false };
  if (code === null) return UNKNOWN_EXIT;
  const passedOn = code > 128 ? signalNames.get(code - 128) : undefined;
  if (passedOn !== undefined) return { cause: 'signalled', exitCode: null, signal: passedOn, oom: false };
  return { cause: 'exited', exitCode: code, signal: null, oom: false };
}

/** What the wrapper of an HTTP server wrote down: a shell's `$?` and a newline. Anything else (a torn write, no file) is unknown. */
export function exitFromStatusText(text: string): ObservedExit {
  return /^\d{1,3}\n$/.test(text) ? exitOf(Number(text), null) : UNKNOWN_EXIT;
}
