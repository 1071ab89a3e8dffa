import { describe, expect, it } from 'vitest';
import { decodeUtf8, encodeUtf8 } from '../lib/utf8.ts';
import { clientAnswer, INITIALIZED, ownInitializeParams, readInitializeParams, readInitializeResult } from './initialize.ts';
import { peekMessage } from './peek.ts';

const bytesOf = (value: unknown) => encodeUtf8(JSON.stringify(value));

describe('initialize', () => {
  it('reads what a client says of itself', () => {
    const params = { protocolVersion: '2025-06-18', capabilities: { roots: {} }, clientInfo: { name: 'c', version: '1' } };
    expect(readInitializeParams(bytesOf(params))).toEqual({
      protocolVersion: '2025-06-18',
      capabilities: { roots: {} },
      clientName: 'c',
      clientVersion: '1',
    });
  });

  it('reads what a server says of itself, and makes do without the rest', () => {
    const result = {
      protocolVersion: '2025-06-18',
      capabilities: { tools: {} },
      serverInfo: { name: 's', version: '2' },
      instructions: 'i',
    };
    expect(readInitializeResult(bytesOf(result))).toEqual({
      protocolVersion: '2025-06-18',
      capabilities: { tools: {} },
      serverName: 's',
      serverVersion: '2',
      instructions: 'i',
    });
    expect(readInitializeResult(bytesOf({ protocolVersion: 'x', capabilities: [], serverInfo: 'y' }))).toEqual({
      protocolVersion: 'x',
      capabilities: {},
      serverName: null,
      serverVersion: null,
      instructions: null,
    });
  });

  it('reads nothing where no revision is named', () => {
    for (const odd of [{}, { protocolVersion: 1 }, [], null, 'x']) {
      expect(readInitializeParams(bytesOf(odd))).toBeNull();
      expect(readInitializeResult(bytesOf(odd))).toBeNull();
    }
    expect(readInitializeResult(new Uint8Array(0))).toBeNull();
  });

  it('offers sampling and elicitation in its own name, never roots or tasks', () => {
    expect(JSON.parse(ownInitializeParams('2025-11-25', '1.2.3'))).toEqual({
      protocolVersion: '2025-11-25',
      capabilities: { sampling: {}, elicitation: {} },
      clientInfo: { name: 'holdfast', version: '1.2.3' },
    });
    expect(JSON.parse(ownInitializeParams('2025-11-25', '1', {}))).toMatchObject({ capabilities: {} });
  });

  it('ends the handshake with a notification', () => {
    expect(peekMessage(encodeUtf8(INITIALIZED))).toMatchObject({ kind: 'notification', method: 'notifications/initialized' });
  });

  it('answers a client with its revision and without tasks, all else as the server said it', () => {
    const said = {
      protocolVersion: '2025-11-25',
      capabilities: { tools: { listChanged: true }, tasks: { list: {} }, experimental: { tasks: {} } },
      serverInfo: { name: 's', version: '2', icons: [] },
      instructions: 'i',
      _meta: { a: 1 },
    };
    expect(JSON.parse(decodeUtf8(clientAnswer(bytesOf(said), '2025-03-26')))).toEqual({
      ...said,
      protocolVersion: '2025-03-26',
      capabilities: { tools: { listChanged: true }, experimental: { tasks: {} } },
    });
  });
});
