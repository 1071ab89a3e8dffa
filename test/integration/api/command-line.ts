import { PassThrough, type Readable } from 'node:stream';
import { main } from '../../../src/cli/main.ts';

export interface CommandResult {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

export interface CommandSurroundings {
  readonly home: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly terminal?: boolean;
  readonly interrupted?: AbortSignal;
  /** What is typed; nothing where absent. */
  readonly stdin?: Readable & { readonly isTTY?: boolean };
  /** Called with everything that was written to stdout so far. */
  readonly onOut?: (out: string) => void;
  readonly onErr?: (err: string) => void;
}

/** The command line in this process, with captured output. */
export async function commandLine(surroundings: CommandSurroundings, ...argv: string[]): Promise<CommandResult> {
  let out = '';
  let err = '';
  const isTTY = surroundings.terminal ?? false;
  const exit = await main({
    argv,
    cwd: surroundings.cwd ?? surroundings.home,
    env: { HOLDFAST_HOME: surroundings.home, ...surroundings.env },
    stdout: {
      isTTY,
      write(text: string) {
        out += text;
        surroundings.onOut?.(out);
      },
    },
    stderr: {
      isTTY,
      write(text: string) {
        err += text;
        surroundings.onErr?.(err);
      },
    },
    pipes: () => ({ stdin: surroundings.stdin ?? new PassThrough(), stdout: new PassThrough() }),
    interrupted: surroundings.interrupted ?? new AbortController().signal,
  });
  return { exit, out, err };
}
