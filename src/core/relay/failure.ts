import { errorResponse } from '../../mcp/jsonrpc.ts';
import type { Message } from '../../mcp/message.ts';
import type { HoldfastError } from '../errors/holdfast-error.ts';
import type { HeaderList } from '../ports/reply.ts';
import { describeExit, type ExitRecord } from '../workload/exit.ts';
import type { Exchange } from './exchange.ts';

/** Facts about one failed request, for `error.data` (`product.md`, "Lost in flight"). */
export interface FailureFacts {
  readonly workload: string;
  readonly generation: number;
  /** How the generation ended that had the request, or the last one that ended. */
  readonly exit: ExitRecord | null;
  readonly mayHaveExecuted: boolean;
  /** ms from now. */
  readonly retryAfterMs: number | null;
  /** How many of the server's last lines go into the error; 0 = none. */
  readonly errorLogLines: number;
}

/** A JSON-RPC error response for a request whose id stood as `idBytes` in its body. */
export function failureResponse(idBytes: Uint8Array, error: HoldfastError, facts: FailureFacts | null): Uint8Array {
  return errorResponse(
    idBytes,
    error.definition.rpc ?? -32603,
    error.message,
    facts ? failureData(error, facts) : { code: error.code, fix: error.fix, ...error.data },
  );
}

/** How an error is answered over HTTP where no request reached a backend. `id`: of the message, or as bytes. */
export function refusal(
  error: HoldfastError,
  message: Message | null,
  idBytes?: Uint8Array,
): { status: number; body: Uint8Array; headers: HeaderList } {
  const id = message?.kind === 'request' ? message.range('id') : undefined;
  const bytes = idBytes ?? (id && message ? message.bytes.subarray(id.start, id.end) : new Uint8Array(0));
  return { status: error.definition.http, body: failureResponse(bytes, error, null), headers: { 'content-type': 'application/json' } };
}

function failureData(error: HoldfastError, facts: FailureFacts): Record<string, unknown> {
  const exit = facts.exit;
  return {
    code: error.code,
    reason: exit ? describeExit(exit) : error.definition.meaning,
    workload: facts.workload,
    generation: facts.generation,
    exitCode: exit?.exitCode ?? null,
    signal: exit?.signal ?? null,
    oom: exit?.oom ?? false,
    mayHaveExecuted: facts.mayHaveExecuted,
    retryAfterMs: facts.retryAfterMs,
    lastLines: exit && facts.errorLogLines > 0 ? exit.lastLines.slice(-facts.errorLogLines) : [],
    fix: error.fix,
    ...error.data,
  };
}

/** Ends a request with an error of ours, as clients treat it best: status 200 and a JSON-RPC error for its id (`protocol.md`). */
export function sendFailure(x: Exchange, error: HoldfastError, facts: FailureFacts): void {
  const body = failureResponse(x.idBytes, error, facts);
  const seconds = facts.retryAfterMs === null ? null : Math.max(1, Math.ceil(facts.retryAfterMs / 1000));
  const headers: HeaderList = seconds === null ? {} : { 'retry-after': String(seconds) };
  if (x.method !== 'server/discover') return x.answer.final(body, headers);
  // A JSON-RPC error with status 200 would make a client of 2026-07-28 take the server for a legacy one.
  x.answer.status(503, body, { 'content-type': 'application/json', 'retry-after': '1', ...headers });
}
