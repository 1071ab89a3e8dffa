import { describe, expect, it } from 'vitest';
import type { ClientEdit } from '../../core/ports/client-config.ts';
import { findDescriptor } from '../descriptors/find-descriptor.ts';
import { editorOf, targetOf } from '../editors/editor-of.ts';
import type { FileRecord } from '../ledger/record.ts';
import { planEdit } from './plan-edit.ts';

const descriptor = findDescriptor('cursor');
const context = { descriptor, editor: editorOf(descriptor), target: targetOf(descriptor, '/f'), now: 7 };
const entry = (name: string, url = `http://h/${name}`) =>
  ({ name, url, transport: 'streamable-http', bridge: { command: 'c', args: [] } }) as const;
const write = (name: string, url?: string): ClientEdit => ({ write: entry(name, url) });
const plan = (text: string, remembered: FileRecord | undefined, base: string | null, ...edits: ClientEdit[]) =>
  planEdit({ text, exists: true, digest: `digest of ${text}` }, remembered, base, edits, context);
const record = (text: string, made: ReturnType<typeof plan>): FileRecord => ({
  version: 1,
  file: '/f',
  base: made.base,
  written: [`digest of ${text}`],
  entries: { ...made.entries },
});

describe('the plan of an edit', () => {
  it('remembers what it writes, and the base of the first entry', () => {
    const made = plan('{}', undefined, null, write('a'));
    expect(made).toMatchObject({ wanted: 'text', base: { existed: true, key: 'absent' }, entries: { a: { writtenAt: 7, pending: null } } });
    expect(JSON.parse(made.text)).toEqual({ mcpServers: { a: { url: 'http://h/a', type: 'http' } } });
  });

  it('gives back the base when the last entry goes from a file that nobody else wrote', () => {
    const made = plan('{}', undefined, null, write('a'));
    const left = plan(made.text, record(made.text, made), '{}', { remove: 'a' });
    expect(left).toMatchObject({ wanted: 'base', entries: {} });
  });

  it('takes out only the entry where somebody else wrote the file', () => {
    const made = plan('{}', undefined, null, write('a'));
    const theirs = made.text.replace('{', '{"theirs":1,');
    const left = plan(theirs, record(made.text, made), '{}', { remove: 'a' });
    expect(left).toMatchObject({ wanted: 'text', text: '{"theirs":1}' });
  });

  it('changes nothing where all is as it should be', () => {
    const made = plan('{}', undefined, null, write('a'));
    const remembered = record(made.text, made);
    const again = planEdit({ text: made.text, exists: true, digest: '' }, remembered, '{}', [write('a')], { ...context, now: 99 });
    expect(again.text).toBe(made.text);
    expect(again.entries['a']).toBe(remembered.entries['a']);
  });

  it('refuses a foreign entry, and passes over the removal of one', () => {
    expect(() => plan('{"mcpServers":{"a":{}}}', undefined, null, write('a'))).toThrow(
      expect.objectContaining({ code: 'HF_CLIENT_FILE_FOREIGN' }),
    );
    expect(plan('{"mcpServers":{"a":{}}}', undefined, null, { remove: 'a' }).text).toBe('{"mcpServers":{"a":{}}}');
  });
});
