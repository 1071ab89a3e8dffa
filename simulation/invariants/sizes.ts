/** What may hold something at rest: what is kept on purpose, and what each session has for as long as it lives. */
const MAY_HOLD: readonly RegExp[] = [
  // Both bounded in number.
  /cache\.pages(\[\]\.earlier)?$/,
  /sessions\.(live|parked|touchedAt)$/,
  /subscriptions$/,
  /units\.all$/,
  // Bounded in number; questions that a client never answers stay until its server dies.
  /(requests|serverRequests|routing)\.open$/,
  // Bounded in number, and by an hour: what a server gives up as it was told is never answered.
  /givenUp\.(unheard|heard)$/,
  // Sessions that came back while their server was away.
  /state\.late$/,
  // Of earlier daemons, until their clients come back.
  /\.primed$/,
  /exchanges\.(items|numbers)$/,
  /capabilities/,
  /\.kept$/,
  /upstream\.streams\.(streams|headers)$/,
  /compared$/,
  /lastLines$/,
];
/** Not part of a relay: its ports, and what is shared. */
const OUTSIDE = new Set(['ports', 'clock', 'log', 'journal', 'caller', 'events', 'settings', 'budget', 'connection', 'channel', 'result']);
const DEEPEST = 9;

/** Every collection that can be reached from a relay and is not empty, by its path, where it should be empty at rest. */
export function sizesOf(relay: object): Map<string, number> {
  const found = new Map<string, number>();
  const seen = new Set<object>();
  walk(relay, 'relay', 0);
  return found;

  function walk(value: unknown, path: string, depth: number): void {
    if (typeof value !== 'object' || value === null || seen.has(value) || depth > DEEPEST || ArrayBuffer.isView(value)) return;
    seen.add(value);
    if (value instanceof Map || value instanceof Set) {
      if (value.size > 0 && !MAY_HOLD.some((allowed) => allowed.test(path))) found.set(path, (found.get(path) ?? 0) + value.size);
      for (const element of value instanceof Map ? value.values() : value) walk(element, `${path}[]`, depth + 1);
      return;
    }
    if (Array.isArray(value)) {
      if (value.length > 0 && !MAY_HOLD.some((allowed) => allowed.test(path))) found.set(path, (found.get(path) ?? 0) + value.length);
      for (const element of value) walk(element, `${path}[]`, depth + 1);
      return;
    }
    const size: unknown = Object.hasOwn(value, 'size') ? Reflect.get(value, 'size') : null;
    if (typeof size === 'number' && typeof Reflect.get(value, 'values') === 'function') {
      // A collection of the house: its places may be there although nothing is in them.
      if (size > 0) found.set(path, (found.get(path) ?? 0) + size);
      return;
    }
    for (const [name, inner] of Object.entries(value)) if (!OUTSIDE.has(name)) walk(inner, `${path}.${name}`, depth + 1);
  }
}
