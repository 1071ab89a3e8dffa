import { readFileSync } from 'node:fs';
import type { EngineAddress } from '../engine-address.ts';
import { EngineError } from '../engine-error.ts';

/** How `node:http` or `node:https` reaches an engine. */
export type Connection =
  | { readonly secure: false; readonly options: { readonly socketPath: string } }
  | { readonly secure: false; readonly options: { readonly host: string; readonly port: number } }
  | { readonly secure: true; readonly options: TlsOptions };

interface TlsOptions {
  readonly host: string;
  readonly port: number;
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/** Docker's own: plain and with TLS. */
const PLAIN_PORT = 2375;
const TLS_PORT = 2376;

/** Reads the files that TLS needs. @throws EngineError `unavailable` for an address that means nothing, or a file that cannot be read */
export function connectionTo({ address, tls }: EngineAddress): Connection {
  const [, scheme, rest = ''] = /^([a-z]+):\/\/(.*)$/.exec(address) ?? [];
  if (scheme === 'unix' && rest.startsWith('/')) return { secure: false, options: { socketPath: rest } };
  if (scheme === 'npipe') return { secure: false, options: { socketPath: rest.replaceAll('/', '\\') } };
  if (scheme !== 'tcp' || !URL.canParse(`http://${rest}`))
    throw unusable(address, 'it is neither unix:///path, npipe:////./pipe/name nor tcp://host:port');
  const { hostname, port } = new URL(`http://${rest}`);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  if (tls === null) return { secure: false, options: { host, port: portOf(rest, port, PLAIN_PORT) } };
  const file = (path: string): Buffer => readPem(address, path);
  return {
    secure: true,
    options: {
      host,
      port: portOf(rest, port, TLS_PORT),
      ...(tls.ca === null ? {} : { ca: file(tls.ca) }),
      ...(tls.cert === null ? {} : { cert: file(tls.cert) }),
      ...(tls.key === null ? {} : { key: file(tls.key) }),
    },
  };
}

/** A URL drops `:80`, which is http's own port and not the engine's. */
function portOf(rest: string, parsed: string, standard: number): number {
  if (parsed !== '') return Number(parsed);
  return /:80(?:\/|$)/.test(rest) ? 80 : standard;
}

function readPem(address: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw unusable(address, error instanceof Error ? error.message : `${path} cannot be read`, error);
  }
}

function unusable(address: string, words: string, cause?: unknown): EngineError {
  return new EngineError('unavailable', { attempt: `connect to ${address}`, words, cause });
}
