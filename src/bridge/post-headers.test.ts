import { expect, it } from 'vitest';
import { peekMessage } from '../mcp/peek.ts';
import { modernHeaders } from './post-headers.ts';

const headersOf = (method: string, params: object): Record<string, string> => {
  const message = peekMessage(Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })));
  if (!message.ok) throw new Error(message.words);
  return modernHeaders(message, '2026-07-28');
};

it('repeats method, name and version of a message', () => {
  const meta = { 'io.modelcontextprotocol/protocolVersion': '2027-01-01' };
  expect(headersOf('tools/call', { name: 'echo', _meta: meta })).toEqual({
    'mcp-protocol-version': '2027-01-01',
    'mcp-method': 'tools/call',
    'mcp-name': 'echo',
  });
  expect(headersOf('resources/read', { uri: 'file:///a b' })['mcp-name']).toBe('file:///a b');
  expect(headersOf('tools/list', { name: 'not of this method' })).toEqual({
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/list',
  });
});

it.each(['größe', ' leading', 'trailing ', 'two\r\nlines', '', '=?base64?YQ==?='])('writes %j in base64', (name) => {
  expect(headersOf('tools/call', { name })['mcp-name']).toBe(`=?base64?${Buffer.from(name).toString('base64')}?=`);
});
