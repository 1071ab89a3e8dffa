import type * as Sdk from '@modelcontextprotocol/client';
import { fromEnvelope, HoldfastError } from '../../api/contract/errors.ts';
import { isRecord } from '../../lib/record.ts';

/** What the client library threw, as one of our errors; the gateway's own come back with their code. */
export function mcpError(thrown: unknown, url: URL, { ProtocolError, SdkError, SdkErrorCode }: typeof Sdk): HoldfastError {
  if (thrown instanceof HoldfastError) return thrown;
  if (thrown instanceof ProtocolError) return protocolError(thrown);
  const answered = thrown instanceof SdkError ? gatewayError(thrown) : null;
  if (answered) return answered;
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

/** An answer with a status of 400 and more: its body is the gateway's own error, or not. */
function gatewayError(thrown: Sdk.SdkError): HoldfastError | null {
  const text = isRecord(thrown.data) ? thrown.data['text'] : undefined;
  if (typeof text !== 'string') return null;
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // Whatever answered is not the gateway; what it said is in the message.
    return null;
  }
  const error = isRecord(body) && isRecord(body['error']) ? body['error'] : {};
  return typeof error['message'] === 'string' ? ownError(error['message'], error['data'], thrown) : null;
}

/** An error that Holdfast made, by the code in its data; null for a server's. */
function ownError(message: string, said: unknown, cause: Error): HoldfastError | null {
  const data = isRecord(said) ? said : {};
  const { code } = data;
  if (typeof code !== 'string' || !code.startsWith('HF_')) return null;
  const fix = typeof data['fix'] === 'string' ? data['fix'] : undefined;
  const known = fromEnvelope({ error: { code, message, why: null, fix: fix ?? '', data } });
  return new HoldfastError(known.code, { what: message, data, cause, ...(fix === undefined ? {} : { fix }) });
}

function protocolError(error: Sdk.ProtocolError): HoldfastError {
  const own = ownError(error.message, error.data, error);
  if (own) return own;
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
