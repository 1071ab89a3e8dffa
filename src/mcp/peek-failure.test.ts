import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../lib/utf8.ts';
import { peekBatch, peekMessage } from './peek.ts';
import type { PeekReason } from './peek-failure.ts';

function reasonOf(text: string | Uint8Array): PeekReason | 'ok' {
  const peeked = peekMessage(typeof text === 'string' ? encodeUtf8(text) : text);
  return peeked.ok ? 'ok' : peeked.reason;
}

describe('peekMessage', () => {
  it.each<[PeekReason, string]>([
    ['empty', ''],
    ['empty', ' \r\n'],
    ['byte-order-mark', '\uFEFF{"jsonrpc":"2.0","id":1,"method":"ping"}'],
    ['batch', '[]'],
    ['not-json', '{"jsonrpc":"2.0","id":1,"method":"ping"} x'],
    ['not-json', '{"jsonrpc":"2.0","id":1,"method":"ping",}'],
    ['not-json', "{'jsonrpc':'2.0'}"],
    ['not-jsonrpc', '42'],
    ['not-jsonrpc', '"2.0"'],
    ['not-jsonrpc', '{}'],
    ['not-jsonrpc', '{"id":1,"method":"ping"}'],
    ['not-jsonrpc', '{"jsonrpc":"1.0","id":1,"method":"ping"}'],
    ['not-jsonrpc', '{"jsonrpc":2.0,"id":1,"method":"ping"}'],
    ['not-jsonrpc', '{"jsonrpc":"2.0","id":1}'],
    ['not-jsonrpc', '{"jsonrpc":"2.0","id":null,"method":"ping"}'],
    ['not-jsonrpc', '{"jsonrpc":"2.0","id":{},"method":"ping"}'],
    ['not-jsonrpc', '{"jsonrpc":"2.0","id":true,"method":"ping"}'],
    ['not-jsonrpc', '{"jsonrpc":"2.0","id":1,"method":7}'],
    ['not-jsonrpc', '{"jsonrpc":"2.0","id":1,"method":"ping","params":3}'],
    ['not-jsonrpc', '{"jsonrpc":"2.0","id":1,"method":"ping","result":{}}'],
    ['not-jsonrpc', '{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":""}}'],
    ['not-jsonrpc', '{"jsonrpc":"2.0","result":{}}'],
    ['not-jsonrpc', '{"jsonrpc":"2.0","id":null,"result":{}}'],
    ['not-jsonrpc', '{"jsonrpc":"2.0","id":1,"error":"no"}'],
    ['not-jsonrpc', '{"jsonrpc":"2.0","id":[],"error":{}}'],
    ['too-deep', `{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":${'['.repeat(511)}${']'.repeat(511)}}}`],
  ])('says %s for %.60s', (reason, text) => {
    expect(reasonOf(text)).toBe(reason);
  });

  it('takes nesting up to the limit', () => {
    expect(reasonOf(`{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":${'['.repeat(510)}${']'.repeat(510)}}}`)).toBe('ok');
  });

  it('refuses text that is not UTF-8, also where nothing is read', () => {
    const bytes = encodeUtf8('{"jsonrpc":"2.0","id":1,"method":"x","params":{"arguments":{"a":"?"}}}');
    bytes[bytes.indexOf(0x3f)] = 0xff;
    expect(reasonOf(bytes)).toBe('not-utf8');
  });

  it.each([
    ['"id":2'],
    ['"method":"tools/list"'],
    ['"jsonrpc":"2.0"'],
    ['"params":{}'],
    ['"m\\u0065thod":"tools/list"'],
    ['"Method":"tools/list"'],
    ['"METHOD":"tools/list"'],
    ['"param\u017F":{}'],
    ['"param\\u017f":{}'],
  ])('refuses a second key %s, before or after the first', (second) => {
    const first = '"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a"}';
    expect(reasonOf(`{${first},${second}}`)).toBe('duplicate-key');
    expect(reasonOf(`{${second},${first}}`)).toBe('duplicate-key');
  });

  it.each([
    ['"name":"b"'],
    ['"n\\u0061me":"b"'],
    ['"Name":"b"'],
    ['"uri":"b"'],
    ['"_meta":{}'],
    ['"_met\\u0061":{}'],
    ['"requestId":1'],
    ['"progressToken":1'],
  ])('refuses %s twice in the params', (second) => {
    const first = '"name":"a","uri":"a","_meta":{},"requestId":1,"progressToken":1';
    expect(reasonOf(`{"jsonrpc":"2.0","id":1,"method":"x","params":{${first},${second}}}`)).toBe('duplicate-key');
  });

  it('lets keys that it does not read stand twice, and nested ones be anything', () => {
    expect(reasonOf('{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":1,"a":2,"arguments":{"name":1,"name":2,"Method":3}}}')).toBe('ok');
    expect(reasonOf('{"jsonrpc":"2.0","id":1,"method":"x","params":{"Name":"only a look-alike"}}')).toBe('ok');
  });

  it('gives the offset and the words of a failure', () => {
    expect(peekMessage(encodeUtf8('{"jsonrpc":"2.0","id":1,"method":7}'))).toEqual({
      ok: false,
      reason: 'not-jsonrpc',
      offset: 33,
      words: 'it is not a JSON-RPC 2.0 message: it has a method that is not a string',
    });
  });
});

describe('peekBatch', () => {
  it.each<[PeekReason, string]>([
    ['empty-batch', '[]'],
    ['empty-batch', ' [ ] '],
    ['not-json', '[] x'],
    ['not-json', '['],
    ['not-json', '[{"jsonrpc":"2.0","method":"a"},]'],
    ['not-json', '[{"jsonrpc":"2.0","method":"a"} {"jsonrpc":"2.0","method":"a"}]'],
    ['not-json', '[{"jsonrpc":"2.0","method":"a"}'],
    ['not-json', '[{"jsonrpc":"2.0","method":"a"}]]'],
    ['not-jsonrpc', '[1]'],
    ['not-jsonrpc', '[[{"jsonrpc":"2.0","method":"a"}]]'],
    ['not-jsonrpc', '{}'],
    ['duplicate-key', '[{"jsonrpc":"2.0","method":"a"},{"jsonrpc":"2.0","method":"a","method":"b"}]'],
  ])('says %s for %s', (reason, text) => {
    expect(peekBatch(encodeUtf8(text))).toMatchObject({ ok: false, reason });
  });
});
