import { describe, expect, it } from 'vitest';
import { type EntryRecord, entryState, isStillOurs } from './record.ts';

const fields = { type: 'http', url: 'http://127.0.0.1/k/0/a/mcp' };
const record: EntryRecord = { fields, writtenAt: 1_000_000, pending: null };

describe('how an entry stands', () => {
  it.each([
    ['as we wrote it, with fields of the user', record, { ...fields, disabled: true }, 'written'],
    ['another URL', record, { ...fields, url: 'https://other' }, 'changed'],
    ['a field of ours is gone', record, { url: fields.url }, 'changed'],
    ['not an object', record, 'text', 'changed'],
  ] as const)('%s', (_what, entry, current, state) => expect(entryState(entry, current, 2_000_000)).toBe(state));

  it.each([
    [1_000_100, null, 'lost'],
    [1_009_999, null, 'lost'],
    [1_010_000, null, 'taken-out'],
    [9_000_000, 'write', 'lost'],
    [1_000_100, 'remove', 'absent'],
  ] as const)('gone from a file last written at %d, pending %s: %s', (modifiedAt, pending, state) =>
    expect(entryState({ ...record, pending }, undefined, modifiedAt)).toBe(state),
  );

  it('is ours as long as it leads where we let it lead', () => {
    expect(isStillOurs(record, { ...fields, type: 'sse', note: 1 })).toBe(true);
    expect(isStillOurs(record, { ...fields, url: 'https://other' })).toBe(false);
    expect(isStillOurs(record, undefined)).toBe(false);
  });
});
