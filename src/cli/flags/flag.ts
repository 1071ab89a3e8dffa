import { usage } from '../usage.ts';

/** One flag of a command, and how its text becomes a value. */
export interface Flag<T> {
  /** One letter, e.g. `e`. */
  readonly short?: string;
  /** Word for its value in help texts, e.g. `PORT`; null = a switch. */
  readonly value: string | null;
  /** May be given several times. */
  readonly many: boolean;
  readonly summary: string;
  /** Default in words, for help texts. */
  readonly standard?: string;
  /** Words that are allowed, for completion. */
  readonly words?: readonly string[];
  /**
   * @param texts what was given, in order; empty when the flag is absent
   * @param name with its dashes, for messages
   * @throws HF_USAGE
   */
  read(texts: readonly string[], name: string): T;
}

export type Flags = Readonly<Record<string, Flag<unknown>>>;

/** Values of flags by their key; `proxyPort` is the key of `--proxy-port`. */
export type FlagValues<F extends Flags> = { readonly [K in keyof F]: F[K] extends Flag<infer T> ? T : never };

type Look = Pick<Flag<unknown>, 'short' | 'standard' | 'words'>;

/** `proxyPort` → `--proxy-port` */
export const flagName = (key: string): string => `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** True when given. */
export function toggle(summary: string, look: Look = {}): Flag<boolean> {
  return { ...look, value: null, many: false, summary, read: (texts) => texts.length > 0 };
}

/** A value made of one text; the last one given counts. */
export function single<T>(value: string, summary: string, make: (text: string, name: string) => T, look: Look = {}): Flag<T | undefined> {
  return {
    ...look,
    value,
    many: false,
    summary,
    read(texts, name) {
      const text = texts.at(-1);
      return text === undefined ? undefined : make(text, name);
    },
  };
}

export function textFlag(value: string, summary: string, look: Look = {}): Flag<string | undefined> {
  const make = (given: string, name: string): string => {
    if (given === '') throw usage(`${name} must not be empty`);
    return given;
  };
  return single(value, summary, make, look);
}

/** A repeatable flag: all that was given, in order. */
export function textsFlag(value: string, summary: string, look: Look = {}): Flag<readonly string[]> {
  return { ...look, value, many: true, summary, read: (given) => given };
}

export function choice<const W extends string>(words: readonly W[], summary: string, look: Look = {}): Flag<W | undefined> {
  const make = (given: string, name: string): W => {
    const found = words.find((word) => word === given);
    if (found === undefined) throw usage(`${name} ${JSON.stringify(given)} is not one of ${words.join(', ')}`);
    return found;
  };
  return single(words.join('|'), summary, make, { ...look, words });
}

export function integer(value: string, summary: string, range: { min: number; max: number }, look: Look = {}): Flag<number | undefined> {
  const make = (given: string, name: string): number => {
    const number = Number(given);
    if (!/^\d{1,15}$/.test(given) || number < range.min || number > range.max) {
      throw usage(`${name} ${JSON.stringify(given)} is not a whole number from ${range.min} to ${range.max}`);
    }
    return number;
  };
  return single(value, summary, make, look);
}

export function fraction(value: string, summary: string, look: Look = {}): Flag<number | undefined> {
  const make = (given: string, name: string): number => {
    if (!/^(0?\.\d+|0|1|1\.0+|0\.\d+)$/.test(given)) throw usage(`${name} ${JSON.stringify(given)} is not a number from 0 to 1`);
    return Number(given);
  };
  return single(value, summary, make, look);
}

export function port(summary: string, min: 0 | 1, look: Look = {}): Flag<number | undefined> {
  return integer('PORT', summary, { min, max: 65_535 }, look);
}
