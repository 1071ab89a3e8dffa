import type { StdioChannel } from '../../core/ports/stdio-channel.ts';

/**
 * Gathers what is written in one turn of the event loop into one write: requests of many connections arrive in one turn, and a write
 * to a pipe costs far more than the copy. What was taken here counts as delivered.
 */
export function coalescing(channel: StdioChannel): StdioChannel {
  let waiting: Uint8Array[] = [];
  let last: 'taken' | 'queued' | 'refused' = 'taken';
  const flush = (): void => {
    const pieces = waiting;
    waiting = [];
    const only = pieces.length === 1 ? pieces[0] : undefined;
    last = channel.write(only ?? Buffer.concat(pieces));
  };
  return {
    listen: (listener) => channel.listen(listener),
    write(bytes) {
      if (last === 'refused' || channel.lost) return 'refused';
      if (waiting.length === 0) setImmediate(flush);
      waiting.push(bytes);
      return last;
    },
    get lost() {
      return channel.lost === true;
    },
    noise: (line, why) => channel.noise(line, why),
    pause: () => channel.pause(),
    resume: () => channel.resume(),
  };
}
