import type { Log } from '../../../core/ports/log.ts';
import type { ServerLog } from './server-log.ts';

/** Longest part of a line that is kept, in bytes. */
const LINE_MAX = 4_096;
/** What is kept of one burst, in bytes. */
const BURST_MAX = 64 * 1024;
/** From the first line of a burst to the write. */
const COLLECT_MS = 50;

/** What a stdio server prints on stdout although it is no message: it belongs into the log, but a flood of it must cost neither memory nor time. */
export interface StdoutNoise {
  add(line: Uint8Array, why: string): void;
  /** Writes what was collected. */
  flush(): Promise<void>;
}

export function createStdoutNoise(serverLog: Pick<ServerLog, 'append'>, log: Log): StdoutNoise {
  let kept: string[] = [];
  let size = 0;
  let dropped = 0;
  let timer: NodeJS.Timeout | null = null;

  async function flush(): Promise<void> {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (kept.length === 0) return;
    if (dropped > 0) kept.push(`[stdout] ${dropped} more lines that are no messages were not kept`);
    const text = `${kept.join('\n')}\n`;
    kept = [];
    size = 0;
    dropped = 0;
    try {
      await serverLog.append(text);
    } catch (error) {
      log.warn('output of a server could not be logged', { error: String(error) });
    }
  }

  return {
    add(line, why) {
      if (size >= BURST_MAX) {
        dropped += 1;
        return;
      }
      const text = Buffer.from(line.buffer, line.byteOffset, Math.min(line.byteLength, LINE_MAX)).toString('utf8');
      const entry = `[stdout, ${why}]${text === '' ? '' : ` ${text}`}${line.byteLength > LINE_MAX ? ' …' : ''}`;
      kept.push(entry);
      size += entry.length;
      timer ??= setTimeout(() => void flush(), COLLECT_MS);
    },
    flush,
  };
}
