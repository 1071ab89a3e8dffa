import type { Context } from './context.ts';
import type { Flags, FlagValues } from './flags/flag.ts';

/** Words after the command. */
export interface Argument {
  /** As shown in help texts, e.g. `NAME`. */
  readonly name: string;
  readonly summary: string;
  readonly required: boolean;
  /** All that follow; the last argument only. */
  readonly many?: boolean;
  /** What completion offers. */
  readonly completes?: 'workloads' | 'clients' | readonly string[];
}

export interface Input<F extends Flags> {
  readonly words: readonly string[];
  /** What stands after `--`; null when there is no `--`. */
  readonly rest: readonly string[] | null;
  readonly flags: FlagValues<F>;
}

/** One command, declared in a file of its own. Help, documentation, completion and the parser are made from it. */
export interface Command<F extends Flags = Flags> {
  /** With its parent: `mcp list`. */
  readonly name: string;
  /** Other names of the last word. */
  readonly aliases?: readonly string[];
  readonly summary: string;
  /** More for the help text. */
  readonly description?: string;
  readonly args: readonly Argument[];
  /** What follows `--`; absent = nothing may. */
  readonly rest?: string;
  readonly flags: F;
  readonly examples: readonly string[];
  /** Left out of help and documentation. */
  readonly hidden?: boolean;
  /** What `--format` may be; text and json where absent. */
  readonly formats?: readonly string[];
  /** @returns the exit code; nothing = 0 */
  run(input: Input<F>, context: Context): Promise<number | void>;
}

/** Declares a command; its flags give `run` the types of their values. */
export const command = <const F extends Flags>(declaration: Command<F>): Command<F> => declaration;
