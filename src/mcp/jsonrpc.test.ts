import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeUtf8, encodeUtf8 } from '../lib/utf8.ts';
import { cancelledNotification, errorResponse, notificationText, RPC, requestText, resultResponse } from './jsonrpc.ts';
import type { Message } from './message.ts';
import { peekMessage } from './peek.ts';

function peeked(json: string | Uint8Array): Message {
  const message = peekMessage(typeof json === 'string' ? encodeUtf8(json) : json);
  if (!message.ok) throw new Error(message.words);
  return message;
}

const anyText = fc.string({ unit: 'binary' });
const anyId = fc.oneof(fc.integer(), anyText);

describe('messages of our own', () => {
  it('answer with the id as it came, byte for byte', () => {
    for (const id of ['1', '1.0', '"a"', '"\\u0061"', '9007199254740993', '"\uFEFF"']) {
      expect(decodeUtf8(resultResponse(encodeUtf8(id), '{}'))).toBe(`{"jsonrpc":"2.0","id":${id},"result":{}}`);
      expect(decodeUtf8(errorResponse(encodeUtf8(id), -31000, 'no'))).toBe(
        `{"jsonrpc":"2.0","id":${id},"error":{"code":-31000,"message":"no"}}`,
      );
    }
  });

  it('answer with null where there is no id', () => {
    expect(peeked(errorResponse(new Uint8Array(0), RPC.parseError, 'what?')).id?.kind).toBe('null');
  });

  it('hold any text and any data', () => {
    fc.assert(
      fc.property(anyText, fc.jsonValue(), (text, data) => {
        const message = peeked(errorResponse(encodeUtf8('1'), RPC.internalError, text, data));
        expect(message.json('error')).toEqual(JSON.parse(JSON.stringify({ code: -32603, message: text, data })));
        expect(message.hasLineBreak).toBe(false);
      }),
    );
  });

  it('are read again as what they are', () => {
    fc.assert(
      fc.property(anyId, anyText, fc.option(fc.dictionary(anyText, fc.jsonValue())), (id, method, params) => {
        const json = params && JSON.stringify(params);
        const request = peeked(requestText(id, method, json));
        expect([request.kind, request.json('id'), request.method]).toEqual(['request', id, method]);
        const notification = peeked(notificationText(method, json));
        expect([notification.kind, notification.method]).toEqual(['notification', method]);
        for (const message of [request, notification]) expect(message.json('params')).toEqual(json === null ? undefined : JSON.parse(json));
        const cancelled = peeked(cancelledNotification(id, method));
        expect([cancelled.method, cancelled.json('params.requestId')]).toEqual(['notifications/cancelled', id]);
      }),
    );
  });

  it('carry a result that is given as bytes', () => {
    expect(peeked(resultResponse(encodeUtf8('"x"'), encodeUtf8('{"é":1}'))).json('result')).toEqual({ é: 1 });
  });
});
