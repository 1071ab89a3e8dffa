/** The handshake of the legacy revisions: what its two sides say, and what Holdfast says in their place. */

import { isRecord } from '../lib/record.ts';
import { encodeUtf8 } from '../lib/utf8.ts';
import { jsonValue } from './json-text.ts';
import { notificationText } from './jsonrpc.ts';

type Capabilities = Readonly<Record<string, unknown>>;

/** What a client said of itself. */
export interface InitializeParams {
  readonly protocolVersion: string;
  readonly capabilities: Capabilities;
  readonly clientName: string | null;
  readonly clientVersion: string | null;
}

/** What a server said of itself. */
export interface InitializeResult {
  readonly protocolVersion: string;
  readonly capabilities: Capabilities;
  readonly serverName: string | null;
  readonly serverVersion: string | null;
  readonly instructions: string | null;
}

/** @param params valid JSON, or empty. Null where it is no object or names no revision. */
export function readInitializeParams(params: Uint8Array): InitializeParams | null {
  const said = read(params);
  if (typeof said?.['protocolVersion'] !== 'string') return null;
  const { name, version } = implementation(said['clientInfo']);
  return { protocolVersion: said['protocolVersion'], capabilities: capabilities(said), clientName: name, clientVersion: version };
}

/** @param result valid JSON, or empty. Null where it is no object or names no revision. */
export function readInitializeResult(result: Uint8Array): InitializeResult | null {
  const said = read(result);
  if (typeof said?.['protocolVersion'] !== 'string') return null;
  const { name, version } = implementation(said['serverInfo']);
  return {
    protocolVersion: said['protocolVersion'],
    capabilities: capabilities(said),
    serverName: name,
    serverVersion: version,
    instructions: text(said['instructions']),
  };
}

/**
 * What Holdfast can do for a shared server in the name of its clients. Never roots or tasks: they belong to one client (sessions.md).
 * The empty `elicitation` means forms only (2025-11-25, client/elicitation).
 */
const OWN_CAPABILITIES: Capabilities = { sampling: {}, elicitation: {} };

/** The params of Holdfast's own `initialize`, as JSON. */
export function ownInitializeParams(protocolVersion: string, clientVersion = '0', offered: Capabilities = OWN_CAPABILITIES): string {
  return JSON.stringify({ protocolVersion, capabilities: offered, clientInfo: { name: 'holdfast', version: clientVersion } });
}

export const INITIALIZED = notificationText('notifications/initialized', null);

/**
 * The result that a client of a shared server gets: what the server said to Holdfast, in the revision that the client speaks, without
 * tasks, which would show it those of the others.
 *
 * @param result valid JSON of the server's result
 */
export function clientAnswer(result: Uint8Array, protocolVersion: string): Uint8Array {
  const said = read(result);
  if (said === undefined) return result;
  const { tasks: _tasks, ...offered } = capabilities(said);
  return encodeUtf8(JSON.stringify({ ...said, protocolVersion, capabilities: offered }));
}

function read(json: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  const value = json.length === 0 ? undefined : jsonValue(json, 0, json.length);
  return isRecord(value) ? value : undefined;
}

function capabilities(said: Readonly<Record<string, unknown>>): Capabilities {
  return isRecord(said['capabilities']) ? said['capabilities'] : {};
}

function implementation(info: unknown): { name: string | null; version: string | null } {
  return isRecord(info) ? { name: text(info['name']), version: text(info['version']) } : { name: null, version: null };
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
