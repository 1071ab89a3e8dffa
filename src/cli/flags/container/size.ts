import { usage } from '../../usage.ts';

const UNITS: Readonly<Record<string, number>> = { '': 1, b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** Bytes from a size as docker reads it: `512m`, `1.5g`, `64MiB`, `1048576`. Units are powers of 1024. @throws HF_USAGE */
export function size(text: string, name: string): number {
  const [, amount, unit = ''] = /^(\d{1,15}(?:\.\d{1,9})?)\s?([bkmgt]?)(?:(?<=[kmgt])i?b)?$/i.exec(text) ?? [];
  const bytes = amount === undefined ? Number.NaN : Math.floor(Number(amount) * (UNITS[unit.toLowerCase()] ?? Number.NaN));
  if (!Number.isSafeInteger(bytes))
    throw usage(`${name} ${JSON.stringify(text)} is not a size`, 'Write it as 512m, 1.5g or 0 for no limit.');
  return bytes;
}

/** `512 MiB`, `1.5 GiB`, `unlimited`. @param bytes 0 = no limit */
export function sizeText(bytes: number): string {
  if (bytes === 0) return 'unlimited';
  const units = [
    ['GiB', UNITS['g']],
    ['MiB', UNITS['m']],
    ['KiB', UNITS['k']],
  ] as const;
  const [unit, factor = 1] = units.find(([, least = 0]) => bytes >= least) ?? ['bytes', 1];
  return `${Math.round((bytes / factor) * 10) / 10} ${unit}`;
}
