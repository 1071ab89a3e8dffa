import { asHoldfastError, toEnvelope } from '../../api/contract/errors.ts';
import { type Paint, paintFor } from './colour.ts';
import { errorText } from './error-text.ts';
import { LiveLine } from './live-line.ts';
import type { Sink } from './sink.ts';
import { plainText } from './terminal-text.ts';

export interface OutputOptions {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly format: string;
  /** No progress, no notes. */
  readonly quiet: boolean;
  /** A monotonic clock, ms. */
  readonly now?: () => number;
}

/** The one place where a command writes: results to stdout, everything else to stderr. */
export interface Output {
  readonly format: string;
  readonly json: boolean;
  readonly quiet: boolean;
  /** Whether stdout is a terminal. */
  readonly terminal: boolean;
  /** Colours for stdout. */
  readonly paint: Paint;
  /** A result: the value under `--format json`, else the text (nothing when it is empty). */
  result(value: unknown, text: () => string): void;
  /** Empties the screen, where stdout is a terminal. */
  clear(): void;
  /** One line of stdout as it is. */
  line(text: string): void;
  /** A step of long work; only in text. Those of a pull are one line on a terminal. */
  readonly progress: (step: { readonly step?: string; readonly message: string }) => void;
  /** Something worth knowing; only in text. */
  note(text: string): void;
  warn(text: string): void;
  /** @returns the exit code */
  error(thrown: unknown): number;
}

export function createOutput({ stdout, stderr, env, format, quiet, now = () => performance.now() }: OutputOptions): Output {
  const paint = paintFor(stdout, env);
  const paintErr = paintFor(stderr, env);
  const json = format === 'json';
  const silent = json || quiet;
  const live = new LiveLine(stderr, stderr.isTTY === true && env['TERM'] !== 'dumb', now);
  const put = (text: string): void => {
    live.end();
    stderr.write(`${text}\n`);
  };
  const putOut = (text: string): void => {
    live.end();
    stdout.write(text);
  };
  return {
    format,
    json,
    quiet,
    terminal: stdout.isTTY === true,
    paint,
    result(value, text) {
      const shown = json ? JSON.stringify(value, null, 2) : text();
      if (shown !== '') putOut(`${shown}\n`);
    },
    clear() {
      if (stdout.isTTY === true) putOut('\u001b[H\u001b[2J');
    },
    line: (text) => putOut(`${text}\n`),
    progress: ({ step, message }) => {
      if (silent) return;
      const dim = (text: string): string => paintErr('dim', text);
      if (step === 'pull') live.show(plainText(message).replaceAll('\n', ' '), dim);
      else put(dim(plainText(message)));
    },
    note: (text) => {
      if (!silent) put(plainText(text));
    },
    warn: (text) => put(json ? JSON.stringify({ warning: text }) : `${paintErr('yellow', 'warning:')} ${plainText(text)}`),
    error(thrown) {
      const error = asHoldfastError(thrown);
      put(json ? JSON.stringify(toEnvelope(error)) : errorText(error, paintErr));
      return error.definition.exit;
    },
  };
}
