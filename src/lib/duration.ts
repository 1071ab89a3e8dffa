const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const FULL = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/;
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g;
const PLAIN = /^\d+(?:\.\d+)?$/;

/** `30s`, `5m`, `2h`, `1d`, `250ms`, `1h30m`, or a plain number of seconds → whole ms. Null for anything else, and beyond 2^53 ms. */
export function parseDuration(text: string): number | null {
  if (PLAIN.test(text)) return whole(Number(text) * 1_000);
  if (!FULL.test(text)) return null;
  let ms = 0;
  for (const [, count, unit] of text.matchAll(PART)) ms += Number(count) * (UNITS[unit ?? ''] ?? 0);
  return whole(ms);
}

/** ms → the shortest text that `parseDuration` reads as the same: `90000` → `1m30s`. Fractions of a ms are rounded. */
export function formatDuration(ms: number): string {
  let rest = Math.max(0, Math.round(ms));
  let text = '';
  for (const unit of ['d', 'h', 'm', 's', 'ms']) {
    const size = UNITS[unit] ?? 1;
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text === '' ? '0s' : text;
}

function whole(ms: number): number | null {
  const rounded = Math.round(ms);
  return Number.isSafeInteger(rounded) ? rounded : null;
}
