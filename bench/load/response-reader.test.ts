import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ResponseReader } from './response-reader.ts';

const WIRE = Buffer.from(
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello' +
    'HTTP/1.1 202 Accepted\r\nDate: today\r\ncontent-length: 0\r\n\r\n' +
    'HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n' +
    'HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
);

describe('the response reader', () => {
  it('reads the same responses whatever the chunks', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: WIRE.length }), { maxLength: 12 }), (cuts) => {
        const read: string[] = [];
        const reader = new ResponseReader(({ status, body }) => read.push(`${status} ${body.toString()}`));
        const edges = [0, ...cuts.toSorted((a, b) => a - b), WIRE.length];
        for (const [index, edge] of edges.slice(1).entries()) reader.push(WIRE.subarray(edges[index], edge));
        expect(read).toEqual(['200 hello', '202 ', '404 abc0123456789', '200 ']);
      }),
    );
  });
});
