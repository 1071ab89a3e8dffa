import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeUtf8, encodeUtf8 } from '../lib/utf8.ts';
import { identifierKey } from './identifier.ts';
import type { Message } from './message.ts';
import type { Field } from './message-fields.ts';
import { peekBatch, peekBody, peekMessage } from './peek.ts';

const META = 'io.modelcontextprotocol/';

function message(text: string): Message {
  const peeked = peekMessage(encodeUtf8(text));
  if (!peeked.ok) throw new Error(`${peeked.reason} at ${peeked.offset}: ${peeked.words}`);
  return peeked;
}

/** JSON with the same value, but some of its characters spelled as escapes and with white space between its tokens. */
function respell(value: unknown, seed: number): string {
  let state = seed;
  const chance = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 16) % 4 === 0;
  };
  const space = () => (chance() ? ' \t\r\n'.slice(0, 1 + (state % 4)) : '');
  const text = (content: string) => {
    const body = JSON.stringify(content).slice(1, -1);
    const respelled = body.replaceAll(/\\u....|\\.|[a-z_/]/gi, (char) =>
      char.length === 1 && chance() ? `\\u00${char.charCodeAt(0).toString(16).padStart(2, '0')}` : char,
    );
    return `"${respelled}"`;
  };
  const write = (part: unknown): string => {
    if (typeof part === 'string') return text(part);
    if (Array.isArray(part)) return `[${space()}${part.map(write).join(`${space()},${space()}`)}${space()}]`;
    if (typeof part !== 'object' || part === null) return JSON.stringify(part);
    const members = Object.entries(part).map(([key, inner]) => `${text(key)}${space()}:${space()}${write(inner)}`);
    return `{${space()}${members.join(`${space()},${space()}`)}${space()}}`;
  };
  return `${space()}${write(value)}${space()}`;
}

const anyText = fc.string({ unit: 'binary', maxLength: 12 });
const anyId = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.maxSafeNat(),
  anyText,
  fc.constantFrom('1', 1),
);
/** Values with keys that look like the ones that are read, where they must not be read. */
const lookAlikes = fc
  .object({
    key: fc.oneof(fc.constantFrom('id', 'method', 'jsonrpc', 'name', 'uri', '_meta', 'progressToken', 'params', 'result'), anyText),
    maxDepth: 3,
  })
  .map((value): unknown => JSON.parse(JSON.stringify(value)));
const method = fc.oneof(fc.constantFrom('tools/call', 'ping', 'notifications/progress', 'tools/lisz', ''), anyText);
const optional = { requiredKeys: [] };
const params = fc
  .tuple(
    fc.dictionary(fc.constantFrom('arguments', 'extra', 'nam', 'names', 'Nom'), lookAlikes),
    fc.record(
      {
        name: anyText,
        uri: anyText,
        cursor: anyText,
        requestId: anyId,
        progressToken: anyId,
        progress: fc.double({ noNaN: true, noDefaultInfinity: true }),
        task: lookAlikes,
        _meta: fc.record(
          { progressToken: anyId, [`${META}protocolVersion`]: anyText, [`${META}subscriptionId`]: anyId, other: lookAlikes },
          optional,
        ),
      },
      optional,
    ),
  )
  .map(([unknown, known]) => ({ ...unknown, ...known }));

const request = fc.record(
  { jsonrpc: fc.constant('2.0'), id: anyId, method, params, extra: lookAlikes },
  { requiredKeys: ['jsonrpc', 'id', 'method'] },
);
const notification = fc.record({ jsonrpc: fc.constant('2.0'), method, params }, { requiredKeys: ['jsonrpc', 'method'] });
const response = fc.record({
  result: fc.record(
    { _meta: fc.record({ [`${META}subscriptionId`]: anyId }, optional), nextCursor: anyText, tools: fc.array(lookAlikes) },
    optional,
  ),
  id: anyId,
  jsonrpc: fc.constant('2.0'),
});
const errorResponse = fc.record(
  {
    jsonrpc: fc.constant('2.0'),
    id: fc.oneof(anyId, fc.constant(null)),
    error: fc.record({ code: fc.integer(), message: anyText, data: lookAlikes }),
  },
  { requiredKeys: ['jsonrpc', 'error'] },
);

/** Reads a part by its path the slow way. */
function parsedAt(value: unknown, field: Field): unknown {
  let part = value;
  for (const step of field.split('.')) {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return undefined;
    const members = new Map(Object.entries(part));
    part = members.has(step) ? members.get(step) : members.get(META + step);
  }
  return part;
}

const FIELDS: readonly Field[] = [
  'id',
  'params',
  'result',
  'error',
  'params.name',
  'params.uri',
  'params.cursor',
  'params.requestId',
  'params.progressToken',
  'params.progress',
  'params.task',
  'params._meta',
  'params._meta.progressToken',
  'params._meta.protocolVersion',
  'params._meta.subscriptionId',
  'result.nextCursor',
  'result._meta.subscriptionId',
  'error.code',
  'error.message',
  'error.data',
];

function partsByPeek(peeked: Message): unknown {
  const parts = FIELDS.map((field) => ({
    field,
    json: peeked.json(field),
    has: peeked.has(field),
    text: peeked.text(field),
    number: peeked.number(field),
    key: peeked.identifier(field)?.key,
  }));
  return { method: peeked.method, parts };
}

function partsByParser(value: unknown): unknown {
  const parts = FIELDS.map((field) => {
    const json = parsedAt(value, field);
    return {
      field,
      json,
      has: json !== undefined,
      text: typeof json === 'string' ? json : undefined,
      number: typeof json === 'number' ? json : undefined,
      key: typeof json === 'string' || typeof json === 'number' || json === null ? identifierKey(json) : undefined,
    };
  });
  return { method: parsedAt(value, 'method') ?? '', parts };
}

function expectSameParts(peeked: Message, value: unknown): void {
  expect(partsByPeek(peeked)).toEqual(partsByParser(value));
}

describe('peekMessage', () => {
  it.each([
    ['request', request],
    ['notification', notification],
    ['response', response],
    ['error-response', errorResponse],
  ] as const)('finds in a %s what JSON.parse finds, however it is spelled', (kind, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, fc.nat(), (written, seed) => {
        const text = respell(written, seed);
        const peeked = message(text);
        expect(peeked.kind).toBe(kind);
        expectSameParts(peeked, JSON.parse(text));
        expect(JSON.parse(decodeUtf8(peeked.ownBytes))).toEqual(JSON.parse(text));
        expect(peeked.hasLineBreak).toBe(/[\r\n]/.test(text.trim()));
      }),
      { numRuns: 400 },
    );
  });

  it('never accepts what JSON.parse does not, and never throws', () => {
    const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    fc.assert(
      fc.property(request, fc.nat(), fc.nat(), fc.nat(2), fc.uint8Array({ maxLength: 2 }), (written, seed, at, remove, insert) => {
        const bytes = [...encodeUtf8(respell(written, seed))];
        bytes.splice(at % bytes.length, remove, ...insert);
        const body = Uint8Array.from(bytes);
        const peeked = peekMessage(body);
        if (peeked.ok) {
          expectSameParts(peeked, JSON.parse(strict.decode(body)));
        } else if (peeked.reason === 'not-json' || peeked.reason === 'not-utf8') {
          expect(() => JSON.parse(strict.decode(body))).toThrow(/JSON|encoded data/);
        }
      }),
      { numRuns: 600 },
    );
  });

  it('tells the number 1 from the string "1", and knows 1.0 and 1e0 to be 1', () => {
    const keys = ['1', '1.0', '1e0', '"1"', '"\\u0031"'].map((id) => message(`{"jsonrpc":"2.0","id":${id},"method":"ping"}`).id?.key);
    expect(keys).toEqual(['1', '1', '1', '"1"', '"1"']);
  });

  it('takes the range of an id without the white space around it', () => {
    const peeked = message('{"jsonrpc":"2.0","id" : 17 ,"method":"ping"}');
    expect(peeked.id).toEqual({ start: 24, end: 26, kind: 'number', key: '17' });
  });

  it('gives the message without the white space around it', () => {
    const text = '{"jsonrpc":"2.0","method":"a"}';
    for (const around of [` ${text}`, `${text}\n`, text]) expect(decodeUtf8(message(around).ownBytes)).toBe(text);
  });

  it('reads null params as none, and params that are an array without looking into them', () => {
    expect(message('{"jsonrpc":"2.0","method":"x","params":null}').kind).toBe('notification');
    expect(message('{"jsonrpc":"2.0","id":1,"method":"x","params":[{"name":"a"}]}').has('params.name')).toBe(false);
  });
});

describe('peekBatch', () => {
  it('finds each message with its own range', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(request, notification, response), { minLength: 1, maxLength: 5 }), fc.nat(), (written, seed) => {
        const text = respell(written, seed);
        const batch = peekBody(encodeUtf8(text));
        if (!batch.ok || batch.kind !== 'batch') throw new Error(`no batch: ${text}`);
        const parsed = batch.messages.map((part): unknown => JSON.parse(decodeUtf8(part.ownBytes)));
        expect(parsed).toEqual(JSON.parse(text));
        for (const [index, part] of batch.messages.entries()) expectSameParts(part, parsed[index]);
      }),
      { numRuns: 200 },
    );
  });

  it('notes line breaks for each message by itself', () => {
    const batch = peekBatch(encodeUtf8('[\n{"jsonrpc":"2.0","method":"a"},\n{"jsonrpc":\n"2.0","method":"b"}\n]'));
    expect(batch.ok && batch.messages.map((part) => part.hasLineBreak)).toEqual([false, true]);
  });
});
