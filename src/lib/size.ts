const UNITS: Readonly<Record<string, number>> = { '': 1, b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };
const SIZE = /^(\d+(?:\.\d+)?)\s*(?:(b)|([kmgt]?)(?:i?b)?)$/i;

/** `512`, `64k`, `10MB`, `1.5GiB` → whole bytes; every unit is a power of 1024, as in container engines. Null for anything else. */
export function parseSize(text: string): number | null {
  const found = SIZE.exec(text.trim());
  if (found === null) return null;
  const unit = (found[2] ?? found[3] ?? '').toLowerCase();
  const bytes = Math.round(Number(found[1]) * (UNITS[unit] ?? 1));
  return Number.isSafeInteger(bytes) ? bytes : null;
}
