import { open } from 'node:fs/promises';

const TAIL_BYTES = 16_384;

/** The last lines of the daemon's log in words; empty where there is none. Lines of JSON are reduced to their message. */
export async function lastLogLines(file: string, count: number): Promise<string[]> {
  const text = await tail(file);
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-count)
    .map(inWords);
}

async function tail(file: string): Promise<string> {
  try {
    const handle = await open(file, 'r');
    try {
      const { size } = await handle.stat();
      const start = Math.max(0, size - TAIL_BYTES);
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(size, TAIL_BYTES)), 0, Math.min(size, TAIL_BYTES), start);
      const text = buffer.subarray(0, bytesRead).toString('utf8');
      return start === 0 ? text : text.slice(text.indexOf('\n') + 1);
    } finally {
      await handle.close();
    }
  } catch {
    // A log that cannot be read must not hide the error that it was to explain.
    return '';
  }
}

function inWords(line: string): string {
  try {
    const { message, error } = JSON.parse(line) as { message?: unknown; error?: unknown };
    if (typeof message === 'string') return typeof error === 'string' ? `${message}: ${error}` : message;
  } catch {
    // Not JSON: a crash of Node, shown as it is.
  }
  return line;
}
