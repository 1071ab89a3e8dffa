import type { Value } from '../value.ts';

/** A key as TOML writes it: bare where that is allowed, else quoted. */
export function tomlKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : tomlString(key);
}

/** A value on one line. */
export function tomlValue(value: Value): string {
  if (typeof value === 'string') return tomlString(value);
  if (Array.isArray(value)) return `[${value.map((item: Value) => tomlValue(item)).join(', ')}]`;
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'object' || value === null) return String(value);
  return inlineTable(Object.entries(value));
}

/** `{ a = 1 }` */
export function inlineTable(fields: readonly (readonly [string, Value])[]): string {
  return fields.length === 0 ? '{}' : `{ ${fields.map(([key, value]) => pair(key, value)).join(', ')} }`;
}

/** `a = 1` */
export function pair(key: string, value: Value): string {
  return `${tomlKey(key)} = ${tomlValue(value)}`;
}

/** The escapes of JSON are escapes of TOML as well; DEL, which JSON leaves alone, must be one here. */
function tomlString(text: string): string {
  return JSON.stringify(text).replaceAll('\u007f', String.raw`\u007F`);
}
