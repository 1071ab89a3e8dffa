import { spawn } from 'node:child_process';

export interface ProgramRun {
  readonly file: string;
  /** Never a value: every user of the machine can read arguments. */
  readonly args: readonly string[];
  readonly stdin?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** It is killed after so many ms. */
  readonly withinMs: number;
}

/** How a program ended; `code` is null where it was killed, did not end in time, or does not exist, as `failure` says. */
export interface ProgramEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly failure: string | null;
}

const MOST_OUTPUT = 1024 * 1024;

/** Runs a program to its end. Never rejects. */
export function runProgram({ file, args, stdin = '', env, withinMs }: ProgramRun): Promise<ProgramEnd> {
  return new Promise((resolve) => {
    const child = spawn(file, args, { env, stdio: ['pipe', 'pipe', 'pipe'], timeout: withinMs, killSignal: 'SIGKILL' });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        if (output[name].length < MOST_OUTPUT) output[name] += text;
      });
    }
    // A program that ends without reading says why by its exit code.
    child.stdin.on('error', () => undefined);
    child.stdin.end(stdin);
    child.on('error', (error: NodeJS.ErrnoException) => {
      const failure = error.code === 'ENOENT' ? `there is no program ${file}` : `${file} cannot be run: ${error.code ?? error.message}`;
      resolve({ code: null, ...output, failure });
    });
    child.on('close', (code, signal) => {
      const failure = code === null ? `${file} did not answer within ${withinMs / 1_000} s (${signal ?? 'killed'})` : null;
      resolve({ code, ...output, failure });
    });
  });
}

/** Why it did not do what it should, in a few words. */
export function whyOf(file: string, { code, stderr, failure }: ProgramEnd): string {
  const words = stderr.trim().split('\n')[0] ?? '';
  return failure ?? (words === '' ? `${file} ended with ${code ?? 'a signal'}` : words);
}
