import type { Random } from '../time/random.ts';

/** Something that a client asks for. */
export interface Wish {
  readonly key: string;
  readonly method: string;
  readonly tool: string | null;
  readonly params: object;
}

/** What a client wants next. Every call carries its key, so that servers can count it and answers can prove whose they are. */
export function nextWish(random: Random, key: string, longCalls: number): Wish {
  const kind = random.int(0, 99);
  if (kind < 8) return { key, method: 'tools/list', tool: null, params: {} };
  if (kind < 11) return { key, method: 'resources/list', tool: null, params: {} };
  if (kind < 13) return { key, method: 'ping', tool: null, params: {} };
  if (kind < 16) return { key, method: 'logging/setLevel', tool: null, params: { level: random.pick(['debug', 'info', 'error']) } };
  if (kind < 19) return { key, method: 'resources/subscribe', tool: null, params: { uri: `sim://s/${random.int(1, 3)}` } };
  if (kind < 21) return { key, method: 'resources/unsubscribe', tool: null, params: { uri: `sim://s/${random.int(1, 3)}` } };
  if (kind < 31) return { key, method: 'resources/read', tool: null, params: { uri: `sim://read/${key}` } };
  if (kind < 32) return { key, method: 'no/such', tool: null, params: {} };
  const tool = random.pick(['safe', 'safe', 'idem', 'unsafe', 'unsafe', 'unsafe', 'shifty']);
  return call(key, tool, random.chance(longCalls) ? random.magnitude(500, 90_000) : random.magnitude(1, 200), random.chance(0.12));
}

export function call(key: string, tool: string, ms: number, ask: boolean): Wish {
  return { key, method: 'tools/call', tool, params: { name: tool, arguments: { ms: Math.round(ms), ask } } };
}
