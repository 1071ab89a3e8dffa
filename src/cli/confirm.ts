import { createInterface } from 'node:readline/promises';
import type { Context } from './context.ts';
import { usage } from './usage.ts';

/** Asks a question at a terminal; anything but y and yes is no. @throws HF_USAGE where there is none to ask */
export async function confirm({ output, interrupted }: Context, question: string, instead: string): Promise<boolean> {
  if (!process.stdin.isTTY || output.json) throw usage('There is no terminal to ask', instead);
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `, { signal: interrupted })).trim());
  } finally {
    lines.close();
  }
}
