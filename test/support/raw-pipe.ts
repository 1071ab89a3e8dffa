import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { Program } from './home.ts';
import type { RawMessage } from './raw-client.ts';
import { until } from './until.ts';

/** A program's stdin and stdout without an SDK: lines are sent as told, and all that comes back is kept. */
export class RawPipe {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  /** Lines of stdout, parsed: each is a message, or a batch of them. */
  readonly said: (RawMessage | RawMessage[])[] = [];
  stderr = '';
  /** The exit code once it ended, the signal where one ended it. */
  exit: number | string | null = null;
  private pieces: string[] = [];

  constructor({ command, args, env, cwd }: Program) {
    this.child = spawn(command, args, { env, cwd, stdio: ['pipe', 'pipe', 'pipe'] });
    this.child.stdout.setEncoding('utf8').on('data', (chunk: string) => this.take(chunk));
    this.child.stderr.setEncoding('utf8').on('data', (chunk: string) => (this.stderr += chunk));
    // Writing to a program that ended is what some tests do.
    this.child.stdin.on('error', () => undefined);
    this.child.on('close', (code, signal) => {
      this.exit = code ?? signal;
    });
  }

  /** One message, or a line as it is. */
  send(line: object | string): void {
    this.child.stdin.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`);
  }

  request(id: number | string, method: string, params: object = {}): void {
    this.send({ jsonrpc: '2.0', id, method, params });
  }

  /** The handshake; resolves when the server was told that it is over. */
  async open(protocolVersion = '2025-11-25'): Promise<RawMessage> {
    this.request('init', 'initialize', { protocolVersion, capabilities: {}, clientInfo: { name: 'raw', version: '1' } });
    const answer = await this.answer('init');
    this.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    return answer;
  }

  answer(id: number | string | null, boundMs?: number): Promise<RawMessage> {
    return until(`${String(id)} is answered`, () => this.messages().find((message) => message.id === id && !message.method), boundMs);
  }

  messages(): RawMessage[] {
    return this.said.flat();
  }

  /** Ends stdin; resolves with the exit code. */
  async end(): Promise<number | string> {
    this.child.stdin.end();
    return this.ended();
  }

  ended(): Promise<number | string> {
    return until('the program ends', () => (this.exit === null ? undefined : { exit: this.exit })).then(({ exit }) => exit);
  }

  private take(chunk: string): void {
    const lines = chunk.split('\n');
    // Pieces of a long line are joined at its end only.
    this.pieces.push(lines[0] ?? '');
    for (const line of lines.slice(1)) {
      this.said.push(JSON.parse(this.pieces.join('')) as RawMessage);
      this.pieces = [line];
    }
  }
}
