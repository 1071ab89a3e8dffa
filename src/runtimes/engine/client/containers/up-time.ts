const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const UNITS: Readonly<Record<string, number>> = {
  second: SECOND,
  minute: MINUTE,
  hour: HOUR,
  day: DAY,
  week: 7 * DAY,
  month: 30 * DAY,
  year: 365 * DAY,
};

/** Of what the engines' Go library writes (`units.HumanDuration`): `Less than a second`, `About a minute`, `5 seconds`, `About an hour`. */
const UP = /^Up (?:(Less than a)|About an?|(\d+)) (second|minute|hour|day|week|month|year)s?\b/;

/** Upper bound, ms, of how long a container is up, e.g. by `Up 5 seconds (healthy)`: 6,000. Null where it says nothing that is known. */
export function upAtMost(status: string): number | null {
  const [, lessThan, count, unit = ''] = UP.exec(status) ?? [];
  const size = UNITS[unit];
  if (size === undefined) return null;
  if (lessThan !== undefined) return size;
  // The last unit is cut off, or rounded.
  return (Number(count ?? 1) + 1) * size;
}
