import type { Journal } from './journal.ts';

export interface Request {
  readonly id?: number | string;
  readonly method: string;
  readonly params?: { readonly name?: string; readonly protocolVersion?: string; readonly arguments?: { readonly call?: string } };
}

/** `stream`: over HTTP the answer is to be framed as an event stream. */
export interface Answer {
  readonly json: string;
  readonly stream: boolean;
}

const TOOLS_BYTES = 10_000;

/**
 * What the server of the benchmarks says, without a library: what is measured is what stands in front of it. Tools: `echo`, and `echo_stream`
 * that is answered as an event stream; `look`, which is read-only, and `act`, which is not: these two work for some time, and are written
 * down in the journal when they begin.
 */
export class Answers {
  private readonly journal: Journal | null;
  private readonly workMs: number;
  private readonly who: number;
  private readonly tools: string;

  /** @param who number of this server, which no other one has */
  constructor(journal: Journal | null, workMs: number, who: number) {
    this.journal = journal;
    this.workMs = workMs;
    this.who = who;
    this.tools = JSON.stringify(toolsOf(TOOLS_BYTES));
  }

  /** Answers a request, now or later; notifications are not answered. */
  take(request: Request, answer: (answer: Answer) => void): void {
    if (request.id === undefined) return;
    const id = JSON.stringify(request.id);
    const result = (json: string, stream = false): void => answer({ json: `{"jsonrpc":"2.0","id":${id},"result":${json}}`, stream });
    switch (request.method) {
      case 'initialize':
        return result(
          JSON.stringify({
            protocolVersion: request.params?.protocolVersion ?? '2025-06-18',
            capabilities: { tools: {} },
            serverInfo: { name: 'holdfast-bench-server', version: '1' },
          }),
        );
      case 'ping':
        return result('{}');
      case 'tools/list':
        return result(this.tools);
      case 'tools/call':
        return this.call(request, result);
      default:
        answer({ json: `{"jsonrpc":"2.0","id":${id},"error":{"code":-32601,"message":"Method not found"}}`, stream: false });
    }
  }

  private call({ params }: Request, result: (json: string, stream?: boolean) => void): void {
    const name = params?.name;
    if (name !== 'look' && name !== 'act') return result('{"content":[{"type":"text","text":"hello"}]}', name === 'echo_stream');
    const call = params?.arguments?.call ?? '';
    this.journal?.executed(call);
    const done = { content: [{ type: 'text', text: `${this.who} ${call}` }] };
    setTimeout(() => result(JSON.stringify(done)), this.workMs);
  }
}

/** The four tools, and so many more that the list has about that many bytes. */
function toolsOf(bytes: number): { tools: object[] } {
  const inputSchema = { type: 'object', properties: { call: { type: 'string' }, text: { type: 'string' } } };
  const tools: object[] = [
    { name: 'echo', description: 'Answers', inputSchema, annotations: { readOnlyHint: true } },
    { name: 'echo_stream', description: 'Answers as an event stream', inputSchema, annotations: { readOnlyHint: true } },
    { name: 'look', description: 'Changes nothing', inputSchema, annotations: { readOnlyHint: true } },
    { name: 'act', description: 'Changes something', inputSchema, annotations: { readOnlyHint: false, destructiveHint: true } },
  ];
  for (let count = 1; JSON.stringify({ tools }).length < bytes; count += 1)
    tools.push({ name: `other_${count}`, description: `Stands for one of the tools that a real server has. `.repeat(4), inputSchema });
  return { tools };
}
