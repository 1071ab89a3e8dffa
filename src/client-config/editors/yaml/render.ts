import type { Fields, Value } from '../value.ts';

/** Words that some parser or other of YAML takes for something else than text. */
const RESERVED = /^(?:true|false|yes|no|on|off|y|n|null|~|\.?(?:nan|inf))$/i;

/** A text as YAML writes it: plain where nothing can be mistaken, else in double quotes with the escapes of JSON. */
export function yamlString(text: string): string {
  return /^[A-Za-z_][A-Za-z0-9_/-]*$/.test(text) && !RESERVED.test(text) ? text : JSON.stringify(text);
}

/** A value on one line, in flow style. */
export function yamlFlow(value: Value): string {
  if (typeof value === 'string') return yamlString(value);
  if (Array.isArray(value)) return `[${value.map((item: Value) => yamlFlow(item)).join(', ')}]`;
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'object' || value === null) return String(value);
  const members = Object.entries(value).map(([key, member]) => yamlPair(key, member));
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

/** `key: value` on one line. */
export function yamlPair(key: string, value: Value): string {
  return `${yamlString(key)}: ${yamlFlow(value)}`;
}

/** The lines of an entry in block style, the first one indented as well. */
export function yamlBlock(name: string, fields: Fields, container: 'map' | 'list', indent: string, unit: string): string[] {
  const pairs = Object.entries(fields).map(([key, value]) => yamlPair(key, value));
  if (container === 'map') return [`${indent}${yamlString(name)}:`, ...pairs.map((line) => `${indent}${unit}${line}`)];
  return pairs.map((line, index) => `${indent}${index === 0 ? '- ' : '  '}${line}`);
}
