import { connect, type Socket } from 'node:net';
import type { Ask } from './load-order.ts';
import { type Response, ResponseReader } from './response-reader.ts';

const REVISION = '2025-06-18';
const FIRST_ID = 100_000;
const HEADERS = 'Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\nUser-Agent: holdfast-bench\r\n';
const OPEN_WITHIN_MS = 15_000;

const INITIALIZE = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: REVISION, capabilities: {}, clientInfo: { name: 'holdfast-bench', version: '1' } },
});
const INITIALIZED = '{"jsonrpc":"2.0","method":"notifications/initialized"}';

/** What stands before and behind the id in a request. With an id of six digits a call has 107 bytes. */
const BODIES: Readonly<Record<Ask, readonly [string, string]>> = {
  call: ['{"jsonrpc":"2.0","id":', ',"method":"tools/call","params":{"name":"echo","arguments":{"text":"welcome"}}}'],
  stream: ['{"jsonrpc":"2.0","id":', ',"method":"tools/call","params":{"name":"echo_stream","arguments":{}}}'],
  list: ['{"jsonrpc":"2.0","id":', ',"method":"tools/list"}'],
};

/** A keep-alive connection of one client with a session of its own: one request in flight at a time, written as bytes. */
export class ClientConnection {
  /** Answers whose status or id was not what was asked for. */
  wrong = 0;
  private readonly socket: Socket;
  private readonly target: string;
  private readonly before: string;
  private readonly after: string;
  private id = FIRST_ID;
  private expected = '';
  private take: (response: Response) => void = () => undefined;
  private fail: (error: Error) => void = () => undefined;

  private constructor(port: number, path: string, ask: Ask) {
    this.target = `${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${HEADERS}`;
    [this.before, this.after] = BODIES[ask];
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const reader = new ResponseReader((response) => this.take(response));
    this.socket.on('data', (chunk: Buffer) => reader.push(chunk));
    this.socket.on('error', (error) => this.fail(error));
    this.socket.on('close', () => this.fail(new Error('the connection was closed')));
  }

  /** Connects, and opens a session. @throws when there is none in time */
  static async open(port: number, path: string, ask: Ask): Promise<ClientConnection> {
    const connection = new ClientConnection(port, path, ask);
    await connection.openSession();
    return connection;
  }

  /** Sends the next request; `done` when its answer is whole. */
  next(done: () => void): void {
    this.id += 1;
    this.expected = `"id":${this.id}`;
    this.take = ({ status, body }) => {
      if (status !== 200 || !body.toString('latin1', 0, 160).includes(this.expected)) this.wrong += 1;
      done();
    };
    this.socket.write(this.requestHead + this.id + this.after, 'latin1');
  }

  /** Calls back when the connection breaks. */
  onFailure(callback: (error: Error) => void): void {
    this.fail = callback;
  }

  /** Ends the session and the connection. */
  async close(): Promise<void> {
    await this.exchange(`DELETE ${this.target}${this.sessionHeaders}\r\n`);
    this.fail = () => undefined;
    this.socket.destroy();
  }

  private sessionHeaders = '';
  private requestHead = '';

  private async openSession(): Promise<void> {
    const opened = await this.exchange(this.post(INITIALIZE));
    const session = /\r\nmcp-session-id: *([^\r]+)/i.exec(opened.head)?.[1];
    if (opened.status !== 200 || session === undefined) throw new Error(`no session: HTTP ${opened.status}`);
    this.sessionHeaders = `Mcp-Session-Id: ${session}\r\nMcp-Protocol-Version: ${REVISION}\r\n`;
    const { status } = await this.exchange(this.post(INITIALIZED));
    if (status !== 202) throw new Error(`the session did not begin: HTTP ${status}`);
    const length = this.before.length + String(FIRST_ID).length + this.after.length;
    this.requestHead = `POST ${this.target}${this.sessionHeaders}Content-Length: ${length}\r\n\r\n${this.before}`;
  }

  private post(body: string): string {
    return `POST ${this.target}${this.sessionHeaders}Content-Length: ${body.length}\r\n\r\n${body}`;
  }

  private exchange(request: string): Promise<{ status: number; head: string }> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('no answer to the opening or closing of a session')), OPEN_WITHIN_MS);
      this.fail = reject;
      this.take = ({ status, head }) => {
        clearTimeout(timer);
        resolve({ status, head });
      };
      this.socket.write(request, 'latin1');
    });
  }
}
