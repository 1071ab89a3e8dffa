import { errorResponse } from '../../mcp/jsonrpc.ts';
import type { Message } from '../../mcp/message.ts';
import { HoldfastError } from '../errors/holdfast-error.ts';
import type { HeaderList } from '../ports/reply.ts';
import { describeExit, type ExitRecord } from '../workload/exit.ts';

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

/** What a caller is told whose request was in the server when it died. */
export function backendLost(workload: string, method: string, name: string | null, exit: ExitRecord | null): HoldfastError {
  const how = exit ? describeExit(exit) : 'the connection broke';
  const target = name === null ? method : `${method} ${name}`;
  return new HoldfastError('HF_BACKEND_LOST', {
    what: `The server ${workload} died (${how}) while ${target} was in flight; it may have been executed and was not repeated`,
  });
}
