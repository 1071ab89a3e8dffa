import type { ForeignConnection } from '../../core/ports/client-config.ts';
import { type Fields, isFields, type Value } from '../editors/value.ts';

/** Names under which clients have the same thing. */
const COMMAND = ['command', 'cmd'];
const VARIABLES = ['env', 'envs', 'environment'];
const ADDRESS = ['url', 'httpUrl', 'serverUrl', 'uri'];
const HEADERS = ['headers', 'http_headers'];

/** Whether its user switched an entry off. */
export function isDisabled(entry: Value): boolean {
  return isFields(entry) && (entry['disabled'] === true || entry['enabled'] === false);
}

/** What an entry of any client says about its server. Pure. */
export function readConnection(entry: Value): ForeignConnection {
  if (!isFields(entry)) return { kind: 'unknown', why: 'it is not an object' };
  const command = first(entry, COMMAND);
  if (command !== undefined) return readCommand(entry, command);
  const url = first(entry, ADDRESS);
  if (typeof url !== 'string') return { kind: 'unknown', why: 'it names neither a command nor a URL' };
  const nested = isFields(entry['requestOptions']) ? entry['requestOptions'] : {};
  const headers = first(entry, HEADERS) ?? first(nested, HEADERS);
  return { kind: 'url', url, transport: text(entry['type'] ?? entry['transport']), headers: texts(headers) ?? {} };
}

function readCommand(entry: Fields, command: Value): ForeignConnection {
  // Zed had the program as an object, OpenCode has it with its arguments in one list.
  const inner = isFields(command) ? command : entry;
  const line = Array.isArray(command) ? command : [isFields(command) ? command['path'] : command, ...list(inner['args'])];
  const words = line.map(text);
  const [program, ...args] = words;
  if (typeof program !== 'string' || program === '') return { kind: 'unknown', why: 'its command is not a text' };
  if (args.includes(null)) return { kind: 'unknown', why: 'an argument is not a text' };
  const env = texts(first(inner, VARIABLES));
  if (env === null) return { kind: 'unknown', why: 'its variables are not texts' };
  return {
    kind: 'command',
    command: program,
    args: args.filter((arg) => arg !== null),
    env,
    cwd: text(entry['cwd']),
    envFile: text(entry['envFile']),
  };
}

function first(entry: Fields, names: readonly string[]): Value | undefined {
  const name = names.find((one) => Object.hasOwn(entry, one) && entry[one] !== null);
  return name === undefined ? undefined : entry[name];
}

function list(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? (value as readonly Value[]) : [];
}

function text(value: Value | undefined): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint' ? String(value) : null;
}

/** Null where it is neither absent nor an object of texts. */
function texts(value: Value | undefined): Record<string, string> | null {
  if (value === undefined) return {};
  if (!isFields(value)) return null;
  const pairs = Object.entries(value).map(([name, inner]) => [name, text(inner)] as const);
  return pairs.some(([, inner]) => inner === null) ? null : (Object.fromEntries(pairs) as Record<string, string>);
}
