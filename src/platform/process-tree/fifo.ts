import { closeSync, constants, openSync, readSync } from 'node:fs';
import { Socket } from 'node:net';

/**
 * Waits until something is written to a FIFO or nobody holds it open for writing any more. No polling and no thread: the kernel tells.
 * Resolves at once when that is so already, and when `signal` aborts.
 * @throws when there is no such FIFO
 */
export async function fifoSignal(path: string, signal: AbortSignal): Promise<void> {
  // Without O_NONBLOCK the open would wait for a writer.
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  if (signal.aborted || isOver(fd)) {
    closeSync(fd);
    return;
  }
  const socket = new Socket({ fd, readable: true, writable: false });
  await new Promise<void>((resolve) => {
    const done = (): void => {
      signal.removeEventListener('abort', done);
      socket.destroy();
      resolve();
    };
    socket.once('data', done);
    // The end of file, or an error: either way nothing more will be learned here.
    socket.once('end', done);
    socket.once('error', done);
    socket.once('close', done);
    signal.addEventListener('abort', done, { once: true });
  });
}

/** The end of a FIFO that had no writer when it was opened is never reported as an event, but a read tells. */
function isOver(fd: number): boolean {
  try {
    readSync(fd, Buffer.alloc(1));
    // One byte: something was said. None: nobody holds it open.
    return true;
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'EAGAIN') return false;
    throw thrown;
  }
}
