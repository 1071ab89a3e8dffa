import type { IncomingHttpHeaders } from 'node:http';
import { HoldfastError } from '../../core/errors/holdfast-error.ts';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;
const WEB_ORIGIN = /^https?:\/\//i;

/**
 * Refuses what a web page could have sent (DNS rebinding, cross-site requests): MCP servers must check this themselves
 * (2025-11-25, basic/transports, "Security Warning"). @throws HF_FORBIDDEN_ORIGIN
 */
export function checkOrigin(headers: IncomingHttpHeaders, allowedOrigins: readonly string[]): void {
  const host = headers.host ?? '';
  if (!LOOPBACK.test(host))
    throw new HoldfastError('HF_FORBIDDEN_ORIGIN', {
      what: `The Host header ${JSON.stringify(host.slice(0, 200))} is not a loopback name`,
    });
  const origin = headers.origin;
  if (origin !== undefined) {
    if (allowedOrigins.includes(origin)) return;
    const isForeignPage = WEB_ORIGIN.test(origin) && !LOOPBACK.test(origin.replace(WEB_ORIGIN, ''));
    if (origin !== 'null' && !isForeignPage) return;
    throw new HoldfastError('HF_FORBIDDEN_ORIGIN', { what: `The Origin ${JSON.stringify(origin.slice(0, 200))} is not allowed` });
  }
  const site = headers['sec-fetch-site'];
  if (site === 'cross-site' || site === 'same-site') {
    throw new HoldfastError('HF_FORBIDDEN_ORIGIN', { what: `The request comes from another web site (Sec-Fetch-Site: ${site})` });
  }
}
