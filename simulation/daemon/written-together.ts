import type { Clock } from '../../src/core/ports/clock.ts';
import type { StdioChannel } from '../../src/core/ports/stdio-channel.ts';
import { keysIn } from '../machine/keys.ts';

/**
 * What src/gateway/upstream/coalescing-channel.ts does, on the simulated clock: what is written in one turn becomes one write.
 * @param refusedLate told the keys of requests that were taken here, and so count as delivered, and that the channel then refused
 */
export function writtenTogether(channel: StdioChannel, clock: Clock, refusedLate: (keys: readonly string[]) => void): StdioChannel {
  let waiting: Uint8Array[] = [];
  let last: 'taken' | 'queued' | 'refused' = 'taken';
  const flush = (): void => {
    const pieces = waiting;
    waiting = [];
    const together = Buffer.concat(pieces);
    last = channel.write(together);
    if (last === 'refused') refusedLate(keysIn(together.toString()));
  };
  return {
    listen: (listener) => channel.listen(listener),
    write(bytes) {
      if (last === 'refused' || channel.lost) return 'refused';
      if (waiting.length === 0) clock.after(0, flush);
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
