const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

/** A time as people say it: `3m ago`, `in 20s`, `now`. @param iso ISO 8601; anything else gives `-` */
export function relativeTime(iso: string | null, now: number): string {
  const at = iso === null ? Number.NaN : Date.parse(iso);
  if (Number.isNaN(at)) return '-';
  const distance = Math.abs(now - at);
  const unit = UNITS.find(([, ms]) => distance >= ms);
  if (unit === undefined) return 'now';
  const amount = `${Math.floor(distance / unit[1])}${unit[0]}`;
  return at > now ? `in ${amount}` : `${amount} ago`;
}
