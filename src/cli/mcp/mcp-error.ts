import type * as Sdk from '@modelcontextprotocol/client';
import { fromEnvelope, HoldfastError, isEnvelope } from '../../api/contract/errors.ts';

/** What the client library threw, as one of our errors; the gateway's own come back with their code. */
export function mcpError(thrown: unknown, url: URL, { ProtocolError, SdkError, SdkErrorCode }: typeof Sdk): HoldfastError {
  if (thrown instanceof HoldfastError) return thrown;
  if (thrown instanceof ProtocolError) return protocolError(thrown);
  const why = thrown instanceof Error ? deepest(thrown) : String(thrown);
  if (thrown instanceof SdkError && thrown.code === SdkErrorCode.RequestTimeout) {
    return new HoldfastError('HF_REQUEST_TIMEOUT', {
      what: `${url.href} did not answer in time`,
      why,
      fix: 'Give it longer with --timeout.',
      cause: thrown,
    });
  }
  return new HoldfastError('HF_BAD_ANSWER', {
    what: `${url.href} cannot be used as an MCP server`,
    why,
    fix: 'Check the URL, and that the server runs: `holdfast ls`.',
    cause: thrown,
  });
}

function protocolError(error: Sdk.ProtocolError): HoldfastError {
  const data = typeof error.data === 'object' && error.data !== null ? (error.data as Record<string, unknown>) : {};
  const { code } = data;
  if (typeof code === 'string' && code.startsWith('HF_')) {
    const fix = typeof data['fix'] === 'string' ? data['fix'] : undefined;
    const envelope = { error: { code, message: error.message, why: null, fix: fix ?? '', data } };
    const known = isEnvelope(envelope) ? fromEnvelope(envelope) : null;
    if (known !== null)
      return new HoldfastError(known.code, { what: error.message, data, cause: error, ...(fix === undefined ? {} : { fix }) });
  }
  return new HoldfastError('HF_TOOL_ERROR', {
    what: `The server refused the request (JSON-RPC ${error.code})`,
    why: error.message,
    fix: '`holdfast mcp list` shows what it offers.',
    data: { rpc: error.code },
    cause: error,
  });
}

/** `fetch failed` says nothing; what it was caused by does. */
function deepest(error: Error): string {
  let at = error;
  while (at.cause instanceof Error) at = at.cause;
  return at === error ? error.message : `${error.message}: ${at.message || at.name}`;
}
