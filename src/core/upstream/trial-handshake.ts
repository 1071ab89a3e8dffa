import { INITIALIZED, ownInitializeParams, readInitializeResult } from '../../mcp/initialize.ts';
import { NEWEST_LEGACY_REVISION } from '../../mcp/revisions.ts';
import { HoldfastError } from '../errors/holdfast-error.ts';
import type { Handshake } from '../ports/gateway.ts';
import type { StdioChannel } from '../ports/stdio-channel.ts';
import { PendingRequests } from './own-requests.ts';
import { StdioWire } from './stdio-wire.ts';
import { withAbort } from './with-abort.ts';

/**
 * Handshakes a process that serves nobody: under `--sessions isolated` a new workload is tried out once, before any client comes.
 * @throws HF_BAD_ANSWER, HF_START_FAILED, and what aborts it
 */
export async function trialHandshake(workload: string, channel: StdioChannel, signal: AbortSignal): Promise<Handshake> {
  const pending = new PendingRequests();
  const wire = new StdioWire(channel, {
    message: (message) => {
      if (message.kind === 'response' || message.kind === 'error-response') pending.settleOwn(Number(message.id?.key), message);
    },
    noise: (line, why) => channel.noise(line, why),
    end: () => pending.clear(),
  });
  const params = ownInitializeParams(NEWEST_LEGACY_REVISION);
  const answer = await withAbort(
    signal,
    pending.ask((id) => wire.send(`{"jsonrpc":"2.0","id":${id},"method":"initialize","params":${params}}`)),
  );
  const range = answer.range('result');
  const read = range && readInitializeResult(answer.bytes.subarray(range.start, range.end));
  if (!read) {
    const why = answer.text('error.message');
    throw new HoldfastError('HF_BAD_ANSWER', { what: `${workload} did not accept initialize`, ...(why === undefined ? {} : { why }) });
  }
  wire.send(INITIALIZED);
  return { protocolVersion: read.protocolVersion, serverName: read.serverName, serverVersion: read.serverVersion, result: null };
}
