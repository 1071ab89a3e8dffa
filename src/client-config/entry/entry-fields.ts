import type { ClientEntry } from '../../core/ports/client-config.ts';
import type { Descriptor, EntryKind, EntryTemplate, Fill, TemplateValue } from '../descriptors/descriptor.ts';
import type { Fields, Value } from '../editors/value.ts';

/** An entry as it is to stand in a client's file. */
export interface EntryFields {
  /** Set right by each write. */
  readonly owned: Fields;
  /** Only for an entry that is new. */
  readonly initial: Fields;
}

/** The kind of entry that reaches a workload from this client: its own transport where the client can do it, else the bridge. */
export function entryKind(descriptor: Descriptor, transport: ClientEntry['transport']): EntryKind {
  return descriptor.entries[transport] === null ? 'stdio' : transport;
}

/** Fills the client's template. Undefined where the client can do neither that transport nor the bridge. */
export function entryFields(descriptor: Descriptor, entry: ClientEntry): EntryFields | undefined {
  const template: EntryTemplate | null = descriptor.entries[entryKind(descriptor, entry.transport)];
  if (template === null) return undefined;
  return { owned: filled(template.owned, entry), initial: filled(template.initial ?? {}, entry) };
}

function filled(fields: Readonly<Record<string, TemplateValue>>, entry: ClientEntry): Fields {
  return Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, fill(value, entry)]));
}

function fill(value: TemplateValue, { name, url, bridge }: ClientEntry): Value {
  if (!isFill(value)) return value;
  switch (value.fill) {
    case 'name':
      return name;
    case 'url':
      return url;
    case 'command':
      return bridge.command;
    case 'args':
      return [...bridge.args];
    case 'command-line':
      return [bridge.command, ...bridge.args];
  }
}

function isFill(value: TemplateValue): value is Fill {
  return typeof value === 'object' && 'fill' in value;
}
