/** The port of process n is this number plus n: nobody gets a port that somebody had. */
export const FIRST_PORT = 40_000;

/** Keys of the requests of clients that stand in what goes to a server. */
export function keysIn(text: string): string[] {
  return Array.from(text.matchAll(/"_meta":\{"key":"([^"]+)"/g), (match) => match[1] ?? '');
}
