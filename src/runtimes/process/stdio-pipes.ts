import type { Readable, Writable } from 'node:stream';
import type { StdioChannel, StdioListener } from '../../core/ports/stdio-channel.ts';
import type { StdoutNoise } from './log/stdout-noise.ts';

/** How long a dead server's stdout is read on. What its descendants hold open longer is not its answer any more. */
const DRAIN_MS = 250;
/** Of what a server writes before anybody listens, so much is read; the rest waits in its pipe. */
const EARLY_BYTES = 64 * 1024;

export interface StdioPipes extends StdioChannel {
  /** Ends stdin: the first, politest way to ask a stdio server to go. */
  endInput(): void;
  /** The process is dead: reads stdout to its end or for 250 ms, then closes it for good; no byte comes after this resolves. */
  drain(): Promise<void>;
  /** Closes both pipes at once. */
  close(): void;
}

/**
 * Wraps the pipes of a stdio server. Writes after a death fail in many ways and at any time (EPIPE, ECONNRESET, ERR_STREAM_DESTROYED), so
 * both ends have error listeners for as long as they exist; what such an error means is said by the process's own exit.
 */
export function createStdioPipes(stdin: Writable, stdout: Readable, noise: StdoutNoise): StdioPipes {
  let listener: StdioListener | null = null;
  let early: Buffer[] = [];
  let earlyBytes = 0;
  let broken = false;
  let ended = false;
  let resolveEnd: () => void = () => {};
  const end = new Promise<void>((resolve) => {
    resolveEnd = resolve;
  });

  function endOnce(): void {
    if (ended) return;
    ended = true;
    listener?.end();
    resolveEnd();
  }

  stdin.on('error', () => {
    broken = true;
  });
  stdin.on('close', () => {
    broken = true;
  });
  stdin.on('drain', () => listener?.drain());
  // From the beginning: when a child exits, Node throws away what nobody has listened to.
  stdout.on('data', (chunk: Buffer) => {
    if (ended) return;
    if (listener !== null) return listener.data(chunk);
    early.push(chunk);
    earlyBytes += chunk.length;
    if (earlyBytes >= EARLY_BYTES) stdout.pause();
  });
  stdout.on('error', endOnce);
  stdout.on('end', endOnce);
  stdout.on('close', endOnce);

  return {
    listen(given) {
      if (listener !== null) throw new TypeError('A stdio channel has one listener');
      listener = given;
      for (const chunk of early) given.data(chunk);
      early = [];
      if (ended) given.end();
      else stdout.resume();
    },
    write(bytes) {
      if (broken || !stdin.writable) return 'refused';
      return stdin.write(bytes) ? 'taken' : 'queued';
    },
    noise: (line, why) => noise.add(line, why),
    pause() {
      stdout.pause();
    },
    resume() {
      if (listener !== null) stdout.resume();
    },
    endInput() {
      stdin.end();
    },
    async drain() {
      stdin.destroy();
      if (!ended) {
        const timer = setTimeout(resolveEnd, DRAIN_MS);
        // A reader that paused for backpressure would otherwise never see the last answers.
        stdout.resume();
        await end;
        clearTimeout(timer);
      }
      stdout.destroy();
      endOnce();
      // It died before anybody spoke to it: what it printed may say why.
      if (listener === null) for (const line of linesOf(Buffer.concat(early))) noise.add(line, 'it came before the first request');
      early = [];
      await noise.flush();
    },
    close() {
      stdin.destroy();
      stdout.destroy();
      endOnce();
    },
  };
}

function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let from = 0; from < bytes.length; ) {
    const at = bytes.indexOf(0x0a, from);
    const end = at < 0 ? bytes.length : at;
    lines.push(bytes.subarray(from, end));
    from = end + 1;
  }
  return lines;
}
