import type { Clock } from '../../src/core/ports/clock.ts';
import type { StdioChannel } from '../../src/core/ports/stdio-channel.ts';

/** What src/gateway/upstream/coalescing-channel.ts does, on the simulated clock: what is written in one turn becomes one write. */
export function writtenTogether(channel: StdioChannel, clock: Clock): StdioChannel {
  let waiting: Uint8Array[] = [];
  let last: 'taken' | 'queued' | 'refused' = 'taken';
  const flush = (): void => {
    const pieces = waiting;
    waiting = [];
    last = channel.write(Buffer.concat(pieces));
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
