import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** As its user has it: comments, and a brace in one of them. */
const ORIGINAL = `{
  // my servers }
  "mcpServers": {
    "github": { "command": "npx", "args": ["-y", "my-github"] } // keep
  }
}
`;
const LOOK_MS = 5;
const WAIT_MS = 20_000;

/** What the file became. */
export interface Version {
  /** ms since the epoch. */
  readonly at: number;
  readonly text: string;
}

/** The file in which Cursor finds its servers. */
export class CursorFile {
  readonly path: string;

  /** Puts it into a home. @param home absolute */
  constructor(home: string) {
    this.path = join(home, '.cursor', 'mcp.json');
    mkdirSync(dirname(this.path), { recursive: true });
    writeFileSync(this.path, ORIGINAL);
  }

  text(): string {
    return readFileSync(this.path, 'utf8');
  }

  /** Whether it has the bytes that its user wrote. */
  isOriginal(): boolean {
    return readFileSync(this.path).equals(Buffer.from(ORIGINAL));
  }

  /** Another one each time that the file is written, even with the same bytes. */
  stamp(): string {
    const { ino, mtimeMs } = statSync(this.path);
    return `${ino} ${mtimeMs}`;
  }

  /** Waits until it is another one than that. @throws Error when it stays */
  async change(from: string): Promise<Version> {
    const until = Date.now() + WAIT_MS;
    while (Date.now() < until) {
      const text = this.text();
      if (text !== from) return { at: Date.now(), text };
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    throw new Error(`${this.path} did not change: ${from}`);
  }
}

/** The lines that differ, as a diff has them, between one line before and one after. Keys are masked. */
export function drawDiff(before: string, after: string): string {
  const [old, now] = [before.split('\n'), after.split('\n')];
  const shorter = Math.min(old.length, now.length);
  let start = 0;
  while (start < shorter && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < shorter - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const marked = (mark: string, lines: readonly string[]): string[] => lines.map((line) => `      ${mark} ${line}`);
  const lines = [
    ...marked(' ', old.slice(Math.max(0, start - 1), start)),
    ...marked('-', old.slice(start, old.length - end)),
    ...marked('+', now.slice(start, now.length - end)),
    ...marked(' ', old.slice(old.length - end, old.length - end + 1)),
  ];
  return lines.join('\n').replaceAll(/\/k\/[0-9a-f]{32}\//g, '/k/••••/');
}
