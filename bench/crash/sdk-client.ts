import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ErrorCode } from '@modelcontextprotocol/sdk/types.js';
import { type Call, now } from './call.ts';

/** A call that has no answer after this long hangs, ms. */
export const HUNG_MS = 12_000;
const EVERY_MS = 100;
/** So many open calls mean that this process or the machine is overloaded: another one would measure that. */
const MOST_OPEN = 40;

/** A client of the official SDK that makes a safe and an unsafe call every 100 ms, whatever became of the former ones. */
export class SdkClient {
  readonly calls: Call[] = [];
  private readonly url: string;
  private readonly number: number;
  private client: Client | null = null;
  private timer: NodeJS.Timeout | null = null;
  private count = 0;
  private open = 0;

  constructor(url: string, number: number) {
    this.url = url;
    this.number = number;
  }

  async connect(): Promise<void> {
    const client = new Client({ name: `holdfast-bench-${this.number}`, version: '1' });
    // What the transport says beside the calls is seen in the calls.
    Object.assign(client, { onerror: () => undefined });
    const transport = new StreamableHTTPClientTransport(new URL(this.url));
    await client.connect(transport, { timeout: 2_000 });
    this.client = client;
  }

  /** Begins anew as a program that notices the loss would: until it is connected, for at most that long. @throws when it never was */
  async reconnect(withinMs: number): Promise<void> {
    const old = this.client;
    this.client = null;
    void old?.close();
    const deadline = now() + withinMs;
    for (;;) {
      try {
        return await this.connect();
      } catch (error) {
        if (now() > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  start(): void {
    this.timer = setInterval(() => {
      void this.call(true);
      void this.call(false);
    }, EVERY_MS);
  }

  /** Makes no further call; resolves when every call has its answer or hangs. */
  async finish(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    const deadline = now() + HUNG_MS + 1_000;
    while (this.calls.some(({ outcome }) => outcome === null) && now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  async close(): Promise<void> {
    await this.client?.close();
  }

  /** The first call sent after that moment that a server answered which is none of `killed`; null = none yet. */
  answeredSince(at: number, killed: ReadonlySet<number>): Call | null {
    let first: Call | null = null;
    for (let index = this.calls.length - 1; index >= 0; index -= 1) {
      const call = this.calls[index];
      if (!call || call.sentAt < at) break;
      const isNew = call.outcome === 'answered' && call.who !== null && !killed.has(call.who);
      if (isNew && (!first || (call.doneAt ?? 0) < (first.doneAt ?? 0))) first = call;
    }
    return first;
  }

  /** Makes one call and waits for what becomes of it, which is then in `calls`. */
  async call(safe: boolean): Promise<void> {
    const { client } = this;
    if (!client || this.open >= MOST_OPEN) return;
    this.count += 1;
    this.open += 1;
    const call: Call = {
      name: `${this.number}-${this.count}`,
      client: this.number,
      safe,
      sentAt: now(),
      doneAt: null,
      outcome: null,
      who: null,
      foreign: false,
      mayHaveExecuted: null,
      error: null,
    };
    this.calls.push(call);
    try {
      const result = await client.callTool({ name: safe ? 'look' : 'act', arguments: { call: call.name } }, undefined, {
        timeout: HUNG_MS,
      });
      const [who, name] = textOf(result).split(' ');
      Object.assign(call, { outcome: 'answered', who: Number(who), foreign: name !== call.name });
    } catch (error) {
      const { code, message, data } = error as Error & { code?: number; data?: { mayHaveExecuted?: boolean } };
      call.outcome = code === ErrorCode.RequestTimeout ? 'hung' : 'failed';
      call.mayHaveExecuted = data?.mayHaveExecuted ?? null;
      call.error = message;
    } finally {
      call.doneAt = now();
      this.open -= 1;
    }
  }
}

function textOf(result: object): string {
  const [first] = 'content' in result && Array.isArray(result.content) ? (result.content as { text?: string }[]) : [];
  return first?.text ?? '';
}
