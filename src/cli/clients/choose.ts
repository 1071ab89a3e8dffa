import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { plainText } from '../output/terminal-text.ts';
import { usage } from '../usage.ts';

export interface Question {
  readonly title: string;
  readonly options: readonly { readonly word: string; readonly text: string }[];
}

export interface Asked {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly signal: AbortSignal;
}

/** How often what cannot be understood is asked again. */
const MOST_TRIES = 3;

/**
 * Asks at a terminal which of several are meant, by number or word.
 * @returns their words, in the order of the options; none where nothing was typed, and at the end of the input or Ctrl-C
 * @throws HF_USAGE after three answers that mean nothing
 */
export async function choose({ title, options }: Question, { stdin, stdout, signal }: Asked): Promise<string[]> {
  const width = String(options.length).length;
  const lines = options.map(({ word, text }, index) => `  ${String(index + 1).padStart(width)}  ${plainText(text)}  ${word}`);
  stdout.write(`${title}\n${lines.join('\n')}\n`);
  if (signal.aborted) return [];
  const terminal = createInterface({ input: stdin, output: stdout, prompt: 'Numbers or names, `all`, or nothing: ', signal });
  terminal.once('SIGINT', () => terminal.close());
  let tries = MOST_TRIES;
  try {
    terminal.prompt();
    for await (const answer of terminal) {
      const picked = pick(
        answer,
        options.map(({ word }) => word),
      );
      if ('words' in picked) return picked.words;
      stdout.write(`${picked.unknown} is neither a number from 1 to ${options.length} nor a name\n`);
      tries -= 1;
      if (tries === 0) throw usage('No choice was understood', 'Name the clients: `holdfast client register CLIENT…`.');
      terminal.prompt();
    }
    return [];
  } finally {
    terminal.close();
  }
}

/** What an answer means. @param words of the options, in their order */
export function pick(answer: string, words: readonly string[]): { readonly words: string[] } | { readonly unknown: string } {
  const chosen = new Set<string>();
  for (const part of answer.split(/[\s,]+/).filter(Boolean)) {
    const found = part === 'all' ? words : words.filter((word, index) => word === part || String(index + 1) === part);
    if (found.length === 0) return { unknown: JSON.stringify(part) };
    for (const word of found) chosen.add(word);
  }
  return { words: words.filter((word) => chosen.has(word)) };
}
