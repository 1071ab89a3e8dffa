import type { IncomingHttpHeaders } from 'node:http';
import type { HeaderList } from '../../core/ports/reply.ts';

/** Headers that concern this connection, this gateway or the session alone. Everything else goes to the backend untouched. */
const NOT_PASSED: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'host',
  'origin',
  'referer',
  'content-length',
  'accept-encoding',
  'mcp-session-id',
  'last-event-id',
  'sec-fetch-site',
  'sec-fetch-mode',
  'sec-fetch-dest',
]);

export function passedHeaders(headers: IncomingHttpHeaders): HeaderList {
  const passed: HeaderList = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined && !NOT_PASSED.has(name)) passed[name] = value;
  }
  return passed;
}
