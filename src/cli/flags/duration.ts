import { parseDuration } from '../../lib/duration.ts';
import { usage } from '../usage.ts';
import { type Flag, single } from './flag.ts';

/** @throws HF_USAGE */
export function duration(text: string, name: string): number {
  const ms = parseDuration(text);
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
    const ago = parseDuration(text);
    if (ago !== null) return (now: number) => now - ago;
    const at = Date.parse(text);
    if (Number.isNaN(at))
      throw usage(`${name} ${JSON.stringify(text)} is not a time`, 'Write it as 10m (ago), 2026-01-31 or 2026-01-31T12:00:00Z.');
    return () => at;
  });
}
