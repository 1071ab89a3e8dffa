import type { HeaderList } from '../ports/reply.ts';

/** Headers of a backend's answer that do not concern the client: of the connection, of the body's framing, of the backend's session. */
const NOT_PASSED: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-length',
  'date',
  'mcp-session-id',
  'access-control-allow-origin',
  'access-control-allow-headers',
  'access-control-allow-methods',
  'access-control-expose-headers',
  'access-control-allow-credentials',
  'access-control-max-age',
]);

/** What of a backend's headers goes to the client. Names in lower case. */
export function passedBack(headers: Readonly<Record<string, string | string[] | undefined>>): HeaderList {
  const passed: HeaderList = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined && !NOT_PASSED.has(name)) passed[name] = value;
  }
  return passed;
}

/** The same where the body was taken out of an event stream and goes on as plain JSON. */
export function passedFromStream(headers: Readonly<Record<string, string | string[] | undefined>>): HeaderList {
  const passed = passedBack(headers);
  for (const name of ['content-type', 'cache-control', 'x-accel-buffering']) delete passed[name];
  return passed;
}
