import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough, type Writable } from 'node:stream';
import { runBridge } from '../../../src/bridge/bridge.ts';
import type { HoldfastError } from '../../../src/core/errors/holdfast-error.ts';
import type { RawMessage } from '../../support/raw-client.ts';
import { until } from '../../support/until.ts';

/** One request that the bridge made. */
export interface Asked {
  readonly verb: string;
  readonly headers: IncomingMessage['headers'];
  readonly message: RawMessage | undefined;
}

/** Answers as a test says; what it does not know it answers as a gateway does that has a session. */
export type Conduct = (asked: Asked, response: ServerResponse) => boolean;

/** A gateway that does what a real one rarely does, and a bridge in front of it. */
export class FakeGateway {
  readonly asked: Asked[] = [];
  readonly said: RawMessage[] = [];
  readonly notes: string[] = [];
  readonly stdin = new PassThrough();
  conduct: Conduct = () => false;
  /** Why there is no URL; null = there is one. */
  problem: HoldfastError | null = null;
  ended: Promise<void> = Promise.resolve();
  private readonly server = createServer((request, response) => void this.serve(request, response));

  /** @param stdout where the bridge writes; messages are read from it where it is absent */
  async start(stdout: Writable = this.reader()): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/fake/mcp`;
    const demand = async (): Promise<string> => {
      if (this.problem) throw this.problem;
      return url;
    };
    const look = async (): Promise<string | null> => (this.problem ? null : url);
    this.ended = runBridge({
      address: { demand, look },
      stdin: this.stdin,
      stdout,
      note: (text) => this.notes.push(text),
      interrupted: new AbortController().signal,
    });
    // Tests that look at how it ends get it themselves.
    this.ended.catch(() => undefined);
  }

  send(message: object): void {
    this.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }

  async open(): Promise<void> {
    this.send({ id: 'init', method: 'initialize', params: { protocolVersion: '2025-11-25' } });
    this.send({ method: 'notifications/initialized' });
    await until('the stream is open', () => this.asked.some(({ verb }) => verb === 'GET'));
  }

  answer(id: string | number): Promise<RawMessage> {
    return until(`${id} is answered`, () => this.said.find((message) => message.id === id && message.method === undefined));
  }

  async close(): Promise<void> {
    this.stdin.end();
    await this.ended.catch(() => undefined);
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const asked = {
      verb: request.method ?? '',
      headers: request.headers,
      message: body === '' ? undefined : (JSON.parse(body) as RawMessage),
    };
    this.asked.push(asked);
    if (!this.conduct(asked, response)) standard(asked, response);
  }

  private reader(): Writable {
    const stream = new PassThrough();
    let rest = '';
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.said.push(JSON.parse(line) as RawMessage);
    });
    return stream;
  }
}

function standard({ verb, message }: Asked, response: ServerResponse): void {
  if (verb === 'GET') {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
  } else if (message?.method === 'initialize') {
    reply(response, message, { protocolVersion: '2025-11-25', capabilities: {} }, { 'mcp-session-id': 'session-1' });
  } else if (message?.id === undefined || message.method === undefined) {
    response.writeHead(verb === 'DELETE' ? 200 : 202).end();
  } else reply(response, message, { method: message.method });
}

export function reply(response: ServerResponse, { id }: RawMessage, result: object, headers: Record<string, string> = {}): void {
  const body = JSON.stringify({ jsonrpc: '2.0', id, result });
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers }).end(body);
}

/** An answer with another status, as the gateway refuses. */
export function refuse(response: ServerResponse, status: number, code: string, id: string | number | null = null): void {
  const error = { code: -31_000, message: code, data: { code } };
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', id, error }));
}

/** One event of a stream. */
export const event = (id: string, message: object | null): string =>
  `id: ${id}\ndata: ${message === null ? '' : JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`;
