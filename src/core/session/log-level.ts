/** From the most verbose to the least (RFC 5424 severities, as in 2025-11-25, server/utilities/logging). */
const LEVELS: readonly string[] = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'];

/** The most verbose of those that are set and known; null where none is. */
export function mostVerbose(levels: readonly (string | null)[]): string | null {
  let best = LEVELS.length;
  for (const level of levels) {
    const rank = level === null ? -1 : LEVELS.indexOf(level);
    if (rank >= 0 && rank < best) best = rank;
  }
  return LEVELS[best] ?? null;
}

/** Whether a message of `level` passes for a session that asked for `wanted` (null = never asked: everything passes). */
export function passesLevel(level: string | undefined, wanted: string | null): boolean {
  if (wanted === null || level === undefined) return true;
  const rank = LEVELS.indexOf(level);
  return rank < 0 || rank >= LEVELS.indexOf(wanted);
}
