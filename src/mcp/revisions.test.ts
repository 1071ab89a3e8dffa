import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../lib/utf8.ts';
import type { Message } from './message.ts';
import { peekMessage } from './peek.ts';
import { allowsBatches, eraOf, isLegacyRevision, isModernRevision, LEGACY_REVISIONS, lowerRevision, primesStreams } from './revisions.ts';

function withMetaVersion(version: unknown): Message {
  const params = version === undefined ? {} : { _meta: { 'io.modelcontextprotocol/protocolVersion': version } };
  const peeked = peekMessage(encodeUtf8(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params })));
  if (!peeked.ok) throw new Error(peeked.words);
  return peeked;
}

describe('revisions', () => {
  it('tells the eras apart', () => {
    expect(LEGACY_REVISIONS.filter((revision) => isLegacyRevision(revision) && !isModernRevision(revision))).toEqual(LEGACY_REVISIONS);
    for (const modern of ['2026-07-28', '2026-07-29', '2027-01-01']) {
      expect(isModernRevision(modern)).toBe(true);
      expect(isLegacyRevision(modern)).toBe(false);
    }
    for (const neither of ['2026-07-27', '', 'DRAFT-2026-v1', '9', '2025-11-26', '2026-07-28x', 'toString']) {
      expect(isModernRevision(neither)).toBe(false);
      expect(isLegacyRevision(neither)).toBe(false);
    }
  });

  it('takes the older of two, in either order', () => {
    expect(lowerRevision('2025-03-26', '2025-11-25')).toBe('2025-03-26');
    expect(lowerRevision('2025-11-25', '2025-03-26')).toBe('2025-03-26');
  });

  it('knows what each can', () => {
    expect(LEGACY_REVISIONS.filter((revision) => allowsBatches(revision))).toEqual(['2025-03-26']);
    expect(LEGACY_REVISIONS.filter((revision) => primesStreams(revision))).toEqual(['2025-11-25']);
    expect(primesStreams('2026-07-28')).toBe(false);
  });
});

describe('eraOf', () => {
  it.each([
    [undefined, undefined, 'legacy'],
    [undefined, '2025-11-25', 'legacy'],
    [undefined, '2026-07-28', 'modern'],
    ['2026-07-28', undefined, 'modern'],
    ['2026-07-28', '2025-06-18', 'modern'],
    ['2025-06-18', '2026-07-28', 'modern'],
    ['2027-01-01', '2026-07-28', 'modern'],
    ['2025-06-18', '2025-06-18', 'legacy'],
    ['v999.0.0', 'v999.0.0', 'modern'],
    ['v999.0.0', '2025-11-25', 'modern'],
    [undefined, 'v999.0.0', 'legacy'],
    [20_260_728, undefined, 'legacy'],
  ] as const)('with %s in _meta and %s in the header is %s', (meta, header, era) => {
    expect(eraOf(withMetaVersion(meta), header)).toBe(era);
  });
});
