import { usage } from '../usage.ts';
import { type Flag, single } from './flag.ts';

const UNIT: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/y;

/** `500ms`, `30s`, `1h30m`, or a bare number of seconds, in ms; null when it is none of these. */
export function readDuration(text: string): number | null {
  if (/^\d+(\.\d+)?$/.test(text)) return Math.round(Number(text) * 1_000);
  let total = 0;
  let at = 0;
  while (at < text.length) {
    PART.lastIndex = at;
    const part = PART.exec(text);
    if (part === null) return null;
    total += Number(part[1]) * (UNIT[part[2] ?? ''] ?? 0);
    at = PART.lastIndex;
  }
  return text === '' ? null : Math.round(total);
}

/** @throws HF_USAGE */
export function duration(text: string, name: string): number {
  const ms = readDuration(text);
  if (ms === null) throw usage(`${name} ${JSON.stringify(text)} is not a duration`, 'Write it as 500ms, 30s, 10m, 2h or 1h30m.');
  return ms;
}

/** A duration in ms. A bare number is seconds. */
export function span(summary: string, standard?: string): Flag<number | undefined> {
  return single('DURATION', summary, duration, standard === undefined ? {} : { standard });
}

/** A moment: an ISO time, or how long ago. @returns ms since the epoch, given `now` */
export function moment(summary: string): Flag<((now: number) => number) | undefined> {
  return single('TIME', summary, (text, name) => {
    const ago = readDuration(text);
    if (ago !== null) return (now: number) => now - ago;
    const at = Date.parse(text);
    if (Number.isNaN(at))
      throw usage(`${name} ${JSON.stringify(text)} is not a time`, 'Write it as 10m (ago), 2026-01-31 or 2026-01-31T12:00:00Z.');
    return () => at;
  });
}
