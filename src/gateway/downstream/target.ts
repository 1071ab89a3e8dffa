/** What the path of a request means. */
export interface Target {
  readonly workload: string;
  /** Key of a registered client, null on the keyless URL. */
  readonly clientKey: string | null;
}

const KEYLESS = /^\/([a-z0-9][a-z0-9_-]{0,62})\/mcp\/?$/;
const KEYED = /^\/k\/([A-Za-z0-9_-]{8,128})\/([a-z0-9][a-z0-9_-]{0,62})\/mcp\/?$/;

/**
 * `/<name>/mcp`, `/k/<key>/<name>/mcp`; on a port of its own also `/mcp`. Null for anything else.
 * @param only the one workload of that port
 */
export function parseTarget(url: string, only: string | null): Target | null {
  const query = url.indexOf('?');
  const path = query < 0 ? url : url.slice(0, query);
  if (only !== null && (path === '/mcp' || path === '/mcp/')) return { workload: only, clientKey: null };
  const keyless = KEYLESS.exec(path);
  if (keyless?.[1]) return only === null || only === keyless[1] ? { workload: keyless[1], clientKey: null } : null;
  const keyed = KEYED.exec(path);
  if (!keyed?.[1] || !keyed[2]) return null;
  return only === null || only === keyed[2] ? { workload: keyed[2], clientKey: keyed[1] } : null;
}
