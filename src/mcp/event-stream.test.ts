import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeUtf8, encodeUtf8 } from '../lib/utf8.ts';
import { EventStreamReader } from './event-stream.ts';
import { encodeComment, encodeEvent, encodeRetry, primingEvent } from './event-writer.ts';

/** An event with its data as text, without the fields that it does not have. */
interface Read {
  id?: string;
  event?: string;
  data?: string;
  retry?: number;
}

function read(chunks: readonly Uint8Array[], maxEventBytes?: number): { events: Read[]; tooLong: number; wasCut: boolean } {
  const events: Read[] = [];
  let tooLong = 0;
  const reader = new EventStreamReader(
    {
      event: ({ id, event, data, retry }) => {
        events.push({
          ...(id !== undefined && { id }),
          ...(event !== undefined && { event }),
          ...(data !== undefined && { data: decodeUtf8(data) }),
          ...(retry !== undefined && { retry }),
        });
      },
      tooLong: () => {
        tooLong += 1;
      },
    },
    maxEventBytes,
  );
  for (const chunk of chunks) reader.push(chunk);
  return { events, tooLong, wasCut: reader.end() };
}

const readText = (text: string, maxEventBytes?: number) => read([encodeUtf8(text)], maxEventBytes);

/** `bytes` in chunks of the given sizes, in turn. */
function chunksOf(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let from = 0, turn = 0; from < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? bytes.length;
    chunks.push(bytes.slice(from, from + size));
    from += size;
  }
  return chunks;
}

const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 });
const fieldText = fc.string({ unit: fc.constantFrom('a', ' ', ':', 'é', '漢', '\uFEFF'), maxLength: 8 });
const dataText = fc.string({ unit: fc.constantFrom('a', ' ', ':', 'é', '漢', '\n', '\r', '\r\n', '{', '"'), maxLength: 12 });

const MIXED = [
  '\uFEFFdata: first\n\n',
  ': a comment\r\n\r\n',
  'id: 7\rdata:no space\rdata:  two spaces\r\r',
  'event: endpoint\r\ndata: /messages?sessionId=1\r\n\r\n',
  'retry: 5000\n\n\n\r\n\r',
  'id:\ndata\ndata\nunknown: x\nevents: y\n\n',
  'id: with\0nul\nretry: 12x\ndata: {"a":\ndata: 1}\n\n',
  'id: primed\ndata: \n\n',
  'data: unfinished',
].join('');

const MIXED_EVENTS: Read[] = [
  { data: 'first' },
  {},
  { id: '7', data: 'no space\n two spaces' },
  { event: 'endpoint', data: '/messages?sessionId=1' },
  { retry: 5000 },
  { id: '', data: '\n' },
  { data: '{"a":\n1}' },
  { id: 'primed', data: '' },
];

describe('EventStreamReader', () => {
  it('reads a text with every line end, comments, and fields that it does not know', () => {
    expect(readText(MIXED)).toEqual({ events: MIXED_EVENTS, tooLong: 0, wasCut: true });
  });

  it('reads the same for any chunking', () => {
    fc.assert(
      fc.property(sizes, (chunkSizes) => {
        expect(read(chunksOf(encodeUtf8(MIXED), chunkSizes)).events).toEqual(MIXED_EVENTS);
      }),
    );
  });

  it('reads any mixture of lines the same for any chunking', () => {
    const line = fc.tuple(
      fc.oneof(fieldText, fc.constantFrom('', 'data: x', 'data', 'id: 1', ': c', 'event: e', 'retry: 1')),
      fc.constantFrom('\n', '\r', '\r\n'),
    );
    fc.assert(
      fc.property(fc.array(line), sizes, fc.integer({ min: 4, max: 60 }), (lines, chunkSizes, limit) => {
        const bytes = encodeUtf8(lines.flat().join(''));
        expect(read(chunksOf(bytes, chunkSizes), limit)).toEqual(read([bytes], limit));
      }),
    );
  });

  it('takes an empty type for none', () => {
    expect(readText('event: a\nevent:\ndata: x\n\n').events).toEqual([{ data: 'x' }]);
  });

  it('gives an event at the empty line, without waiting for the LF after its CR', () => {
    expect(readText('data: x\r\n\r').events).toEqual([{ data: 'x' }]);
  });

  it('throws away an event over the limit and reads on, for any chunking', () => {
    const small = 'data: 1\n\n';
    const lengths = fc.array(fc.constantFrom(1, 5, 30, 70));
    fc.assert(
      fc.property(lengths, fc.boolean(), sizes, (many, inLines, chunkSizes) => {
        const text = many.map((length) => (inLines ? 'data: ab\n'.repeat(length) : `data: ${'x'.repeat(length)}\n`)).join(`\n${small}`);
        const found = read(chunksOf(encodeUtf8(`${text}\n${small}`), chunkSizes), 40);
        expect(found.tooLong).toBe(many.filter((length) => (inLines ? length * 9 : length + 7) > 40).length);
        expect(found.events.filter(({ data }) => data === '1').length).toBe(Math.max(many.length, 1));
      }),
    );
  });

  it('counts no comment against the limit', () => {
    expect(readText(`${': ping\n'.repeat(100)}data: x\n\n`, 20)).toEqual({ events: [{ data: 'x' }], tooLong: 0, wasCut: false });
  });

  it('gives a view of the chunk where the data is one line in one chunk', () => {
    const chunk = encodeUtf8('data: {"a":1}\n\n');
    const seen: (Uint8Array | undefined)[] = [];
    new EventStreamReader({ event: ({ data }) => seen.push(data), tooLong: () => undefined }).push(chunk);
    expect(seen.map((data) => data?.buffer === chunk.buffer)).toEqual([true]);
  });

  it('begins anew after the end of a stream', () => {
    const events: unknown[] = [];
    const reader = new EventStreamReader({ event: ({ data }) => events.push(data && decodeUtf8(data)), tooLong: () => undefined });
    reader.push(encodeUtf8('data: lost\ndata: to'));
    expect(reader.end()).toBe(true);
    reader.push(encodeUtf8('\uFEFFdata: x\n\n'));
    expect(events).toEqual(['x']);
    expect(reader.end()).toBe(false);
  });
});

describe('the writer', () => {
  it('writes what the reader reads, for any chunking', () => {
    const event = fc.record(
      { id: fieldText, event: fieldText.filter((text) => text !== ''), data: dataText, retry: fc.nat() },
      { requiredKeys: ['data'] },
    );
    fc.assert(
      fc.property(fc.array(event), sizes, (events, chunkSizes) => {
        const pieces = events.map((one) => encodeEvent({ ...one, data: encodeUtf8(one.data) }));
        const bytes = Uint8Array.from(pieces.flatMap((piece) => [...piece]));
        const expected = events.map((one) => ({ ...one, data: one.data.replaceAll(/\r\n|\r/g, '\n') }));
        expect(read(chunksOf(bytes, chunkSizes))).toEqual({ events: expected, tooLong: 0, wasCut: false });
      }),
    );
  });

  it.each([
    ['a message', encodeEvent({ id: '3.1.5', event: 'message', data: encodeUtf8('{}') }), 'id: 3.1.5\nevent: message\ndata: {}\n\n'],
    ['data of many lines', encodeEvent({ data: encodeUtf8('é\r\n\n漢\r') }), 'data: é\ndata: \ndata: 漢\ndata: \n\n'],
    ['a comment', encodeComment('keepalive'), ': keepalive\n\n'],
    ['a retry', encodeRetry(5000), 'retry: 5000\n\n'],
    ['a priming event', primingEvent('3.1.0'), 'id: 3.1.0\ndata: \n\n'],
    ['a priming event with a retry', primingEvent('3.1.0', 200), 'id: 3.1.0\nretry: 200\ndata: \n\n'],
    [
      'fields with line ends',
      encodeEvent({ id: 'a\nid: b\0', event: 'x\r\ny', data: encodeUtf8('1') }),
      'id: aid: b\nevent: xy\ndata: 1\n\n',
    ],
    ['a comment with line ends', encodeComment('a\n\ndata: x'), ': adata: x\n\n'],
  ])('writes %s', (_what, bytes, expected) => {
    expect(decodeUtf8(bytes)).toBe(expected);
  });
});
