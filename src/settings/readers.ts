import * as z from 'zod';
import { parseDuration } from '../lib/duration.ts';
import { parseSize } from '../lib/size.ts';

/**
 * Readers of single settings. A value is text (from a flag or the environment) or a JSON value (from the file); both are read the same way.
 * Each reader's only message says what is allowed.
 */

const WINDOW_MS = 600_000;

/** One of a few words. */
export const word = <const T extends readonly [string, ...string[]]>(words: T): z.ZodType<T[number]> =>
  z.enum(words, { error: `must be ${list(words)}` });

/** A whole number. */
export function integer(min: number, max: number): z.ZodType<number> {
  const error = `must be a whole number from ${min} to ${max}`;
  const digits = z.string({ error }).regex(/^\d{1,15}$/, { error });
  return z
    .union([z.number({ error }), digits.transform(Number)], { error })
    .pipe(z.number({ error }).int({ error }).min(min, { error }).max(max, { error }));
}

/** A number from 0 to 1. */
export function share(): z.ZodType<number> {
  const error = 'must be a number from 0 to 1';
  const digits = z.string({ error }).regex(/^\d*\.?\d+$/, { error });
  return z.union([z.number({ error }), digits.transform(Number)], { error }).pipe(z.number({ error }).min(0, { error }).max(1, { error }));
}

/** A duration in ms, written as `30s` or as a number of seconds. */
export function duration(max: number): z.ZodType<number> {
  const error = 'must be a duration such as 250ms, 30s, 5m or 2h';
  return parsed((text) => within(parseDuration(text), max), error);
}

/** Bytes, written as `5MB` or as a number. */
export function size(min: number, max: number): z.ZodType<number> {
  const error = 'must be a size such as 512k, 5MB or 1GB';
  return parsed((text) => {
    const bytes = within(parseSize(text), max);
    return bytes === null || bytes < min ? null : bytes;
  }, error);
}

/** Durations in ms, written as `5s,10s,60s` or as a list. */
export function durations(most: number, max: number): z.ZodType<number[]> {
  const error = `must be 1 to ${most} durations such as 5s,10s,60s`;
  const items = z.union(
    [z.string({ error }).transform((text) => text.split(',').map((part) => part.trim())), z.array(z.unknown(), { error })],
    { error },
  );
  return items.pipe(
    z
      .array(
        parsed((text) => within(parseDuration(text), max), error),
        { error },
      )
      .min(1, { error })
      .max(most, { error }),
  );
}

/** How many restarts at once are allowed, and within which time; null = any number. */
export interface Immediate {
  readonly count: number | null;
  readonly windowMs: number;
}

/** `5/10m`, `0`, or `unlimited`. */
export function immediate(): z.ZodType<Immediate> {
  const error = 'must be a count and a time such as 5/10m, or 0, or unlimited';
  return parsed(readImmediate, error);
}

/** An IP address, or `localhost`. */
export function host(isIp: (text: string) => boolean): z.ZodType<string> {
  const error = 'must be an IP address or localhost';
  return z.string({ error }).refine((text) => text === 'localhost' || isIp(text), { error });
}

function readImmediate(text: string): Immediate | null {
  if (text === 'unlimited') return { count: null, windowMs: WINDOW_MS };
  const [, count, window] = /^(\d{1,6})(?:\/(.+))?$/.exec(text) ?? [];
  const windowMs = window === undefined ? WINDOW_MS : parseDuration(window);
  return count === undefined || windowMs === null || windowMs === 0 ? null : { count: Number(count), windowMs };
}

const within = (value: number | null, max: number): number | null => (value !== null && value <= max ? value : null);

/** Reads text, or a number as if it had been written as text. */
function parsed<T>(read: (text: string) => T | null, error: string): z.ZodType<T> {
  return z.union([z.string({ error }), z.number({ error }).transform(String)], { error }).transform((text, context) => {
    const value = read(text);
    if (value !== null) return value;
    context.issues.push({ code: 'custom', message: error, input: text });
    return z.NEVER;
  });
}

function list(words: readonly string[]): string {
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
}
