import type { Socket } from 'node:net';
import type { EngineApi } from '../engine-api.ts';
import { EngineError } from '../engine-error.ts';
import { connectError } from '../http/connect-error.ts';
import { queryString } from '../http/query-string.ts';
import type { AttachListener, Attachment, AttachOptions } from './attachment.ts';
import { FrameDecoder } from './frame-decoder.ts';

/** The last words of the engine about a failure that are kept, in bytes. */
const MOST_WORDS = 2_000;

/** @throws EngineError */
export async function openAttachment(api: EngineApi, id: string, listener: AttachListener, options: AttachOptions): Promise<Attachment> {
  const attempt = `attach to the container ${id}`;
  const { socket, head } = await api.upgrade({
    method: 'POST',
    path: `/containers/${encodeURIComponent(id)}/attach${queryString({ stream: 1, stdin: options.stdin ? 1 : 0, stdout: 1, stderr: 1 })}`,
    attempt,
    subject: 'start',
    signal: options.signal,
  });
  return attachment(socket, head, attempt, listener, options);
}

/** @param head what came behind the head of the answer: the first bytes of output */
function attachment(socket: Socket, head: Buffer, attempt: string, listener: AttachListener, options: AttachOptions): Attachment {
  let settled = false;
  let failure: EngineError | null = null;
  let engineWords = '';
  let resolveEnded: (error: EngineError | null) => void = () => {};
  const ended = new Promise<EngineError | null>((resolve) => {
    resolveEnded = resolve;
  });

  const decoder = new FrameDecoder({
    payload(stream, bytes) {
      if (stream === 'stdout') listener.stdout(bytes);
      else if (stream === 'stderr') listener.stderr(bytes);
      else engineWords = (engineWords + Buffer.from(bytes).toString('utf8')).slice(-MOST_WORDS);
    },
  });

  function settle(): void {
    if (settled) return;
    settled = true;
    socket.destroy();
    if (failure === null && engineWords !== '') failure = new EngineError('unavailable', { attempt, words: engineWords.trim() });
    resolveEnded(failure);
  }

  function receive(chunk: Buffer): void {
    if (settled) return;
    if (options.tty) return listener.stdout(chunk);
    try {
      decoder.push(chunk);
    } catch (error) {
      // From here on no byte has a meaning.
      if (!(error instanceof RangeError)) throw error;
      failure = new EngineError('unavailable', { attempt, words: error.message, cause: error });
      settle();
    }
  }

  socket.pause();
  if (head.length > 0) socket.unshift(head);
  socket.setNoDelay(true);
  // A dead peer of a TCP connection says nothing; on a unix socket this does nothing.
  socket.setKeepAlive(true, 15_000);
  socket.on('error', (error) => {
    failure ??= connectError(attempt, error);
  });
  socket.on('data', receive);
  socket.on('end', () => {
    if (decoder.unfinished) failure ??= new EngineError('unavailable', { attempt, words: 'the connection ended in the middle of a frame' });
    settle();
  });
  socket.on('close', settle);
  socket.on('drain', () => listener.drain());

  return {
    write(bytes) {
      if (!options.stdin || settled || !socket.writable) return 'refused';
      return socket.write(bytes) ? 'taken' : 'queued';
    },
    endInput() {
      socket.end();
    },
    pause() {
      socket.pause();
    },
    resume() {
      socket.resume();
    },
    close: settle,
    ended,
  };
}
