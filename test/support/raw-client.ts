import { type Agent, type ClientRequest, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { until } from './until.ts';

/** What a server said to one HTTP request. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body, where it is JSON; undefined otherwise. */
  readonly json: RawMessage | undefined;
}

/** A JSON-RPC message as far as tests look into it. */
export interface RawMessage {
  readonly jsonrpc: string;
  readonly id?: string | number | null;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: Readonly<Record<string, unknown>> };
}

export interface RawRequest {
  readonly method?: string;
  /** A value of undefined takes a header out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string | Uint8Array;
  /** Keeps connections; without it each request has one of its own. */
  readonly agent?: Agent;
}

const STANDARD: Readonly<Record<string, string>> = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

/** Sends one HTTP request, byte for byte as told, and reads the whole answer. Rejects when the connection breaks before its end. */
export async function rawRequest(url: string, options: RawRequest = {}): Promise<RawAnswer> {
  const response = await head(begin(url, options));
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return { status: response.statusCode ?? 0, headers: response.headers, text, json: parsed(text) };
}

function begin(url: string, { method = 'POST', headers = {}, body, agent }: RawRequest): ClientRequest {
  const given = Object.entries({ ...STANDARD, ...headers }).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const sent = httpRequest(url, { method, headers: Object.fromEntries(given), agent: agent ?? false });
  sent.end(body);
  return sent;
}

function head(sent: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sent.once('response', resolve);
    sent.once('error', reject);
  });
}

function parsed(text: string): RawMessage | undefined {
  try {
    return JSON.parse(text) as RawMessage;
  } catch {
    return undefined;
  }
}

/** One event of an event stream. */
export interface RawEvent {
  readonly id: string | undefined;
  /** Undefined for an event without data, or an empty one (priming). */
  readonly message: RawMessage | undefined;
}

/** An open event stream. */
export class RawStream {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly events: RawEvent[] = [];
  readonly comments: string[] = [];
  retry: string | undefined;
  ended = false;
  private rest = '';
  private readonly response: IncomingMessage;

  private constructor(response: IncomingMessage) {
    this.response = response;
    this.status = response.statusCode ?? 0;
    this.headers = response.headers;
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => this.take(chunk));
    // A connection that breaks is an end as well: tests look at what came before it.
    response.on('error', () => undefined);
    response.on('close', () => {
      this.ended = true;
    });
  }

  static async open(url: string, options: RawRequest): Promise<RawStream> {
    return new RawStream(await head(begin(url, options)));
  }

  get messages(): RawMessage[] {
    return this.events.flatMap(({ message }) => (message === undefined ? [] : [message]));
  }

  get lastId(): string | undefined {
    return this.events.findLast(({ id }) => id !== undefined)?.id;
  }

  /** Waits for a message. */
  message(what: string, check: (message: RawMessage) => boolean, boundMs?: number): Promise<RawMessage> {
    return until(`the stream says ${what}`, () => this.messages.find(check), boundMs);
  }

  /** Breaks the connection. */
  break(): void {
    this.response.destroy();
  }

  private take(chunk: string): void {
    this.rest += chunk;
    for (let end = this.rest.indexOf('\n\n'); end >= 0; end = this.rest.indexOf('\n\n')) {
      this.block(this.rest.slice(0, end).split('\n'));
      this.rest = this.rest.slice(end + 2);
    }
  }

  private block(lines: readonly string[]): void {
    const field = (name: string): string | undefined =>
      lines
        .filter((line) => line.startsWith(`${name}:`))
        .map((line) => line.slice(name.length + 1).replace(/^ /, ''))
        .join('\n') || undefined;
    const comment = field('');
    if (comment !== undefined) this.comments.push(comment);
    this.retry = field('retry') ?? this.retry;
    const data = field('data');
    const id = field('id');
    if (data !== undefined || id !== undefined) this.events.push({ id, message: data === undefined ? undefined : parsed(data) });
  }
}

/** A legacy session without an SDK: everything is sent as told. */
export class RawSession {
  readonly url: string;
  readonly id: string;
  readonly protocolVersion: string;
  private count = 0;

  private constructor(url: string, id: string, protocolVersion: string) {
    this.url = url;
    this.id = id;
    this.protocolVersion = protocolVersion;
  }

  static async open(url: string, protocolVersion = '2025-11-25', capabilities: object = {}): Promise<RawSession> {
    const params = { protocolVersion, capabilities, clientInfo: { name: 'raw', version: '1' } };
    const answer = await rawRequest(url, { body: JSON.stringify({ jsonrpc: '2.0', id: 'init', method: 'initialize', params }) });
    const id = answer.headers['mcp-session-id'];
    if (typeof id !== 'string') throw new Error(`initialize was answered with ${answer.status} ${answer.text}`);
    const session = new RawSession(url, id, String(answer.json?.result?.['protocolVersion']));
    await session.post({ jsonrpc: '2.0', method: 'notifications/initialized' });
    return session;
  }

  get headers(): Record<string, string> {
    return { 'mcp-session-id': this.id, 'mcp-protocol-version': this.protocolVersion };
  }

  post(body: unknown, headers: RawRequest['headers'] = {}): Promise<RawAnswer> {
    return rawRequest(this.url, { headers: { ...this.headers, ...headers }, body: JSON.stringify(body) });
  }

  request(method: string, params: object = {}, id: string | number = this.nextId()): Promise<RawAnswer> {
    return this.post({ jsonrpc: '2.0', id, method, params });
  }

  call(tool: string, args: object = {}, id: string | number = this.nextId()): Promise<RawAnswer> {
    return this.request('tools/call', { name: tool, arguments: args }, id);
  }

  /** A call whose answer is read as an event stream. @param meta its `_meta`, e.g. a progress token */
  callStream(tool: string, args: object = {}, meta: object = {}, id: string | number = this.nextId()): Promise<RawStream> {
    const body = JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: tool, arguments: args, _meta: meta } });
    return RawStream.open(this.url, { headers: this.headers, body });
  }

  /** Sends a call and resolves when all of it is on its way; what it resolves with breaks the connection, as a client does that leaves. */
  async callAndLeave(tool: string, args: object = {}): Promise<() => void> {
    const body = JSON.stringify({ jsonrpc: '2.0', id: this.nextId(), method: 'tools/call', params: { name: tool, arguments: args } });
    const sent = begin(this.url, { headers: this.headers, body });
    // It is broken on purpose.
    sent.on('error', () => undefined);
    await new Promise((resolve) => sent.once('finish', resolve));
    return () => void sent.destroy();
  }

  /** GET: the session's own stream, or the one that `lastEventId` belongs to. */
  stream(lastEventId?: string): Promise<RawStream> {
    const headers = { ...this.headers, accept: 'text/event-stream', 'content-type': undefined, 'last-event-id': lastEventId };
    return RawStream.open(this.url, { method: 'GET', headers });
  }

  delete(): Promise<RawAnswer> {
    return rawRequest(this.url, { method: 'DELETE', headers: this.headers });
  }

  private nextId(): number {
    this.count += 1;
    return this.count;
  }
}
