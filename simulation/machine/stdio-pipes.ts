import type { StdioChannel, StdioListener } from '../../src/core/ports/stdio-channel.ts';
import type { Lifeline } from '../daemon/lifeline.ts';
import { newServerSession, type ServerSession } from '../servers/server-session.ts';
import type { WireMessage } from '../servers/wire-types.ts';
import { keysIn } from './keys.ts';
import type { Process } from './process.ts';

/** After a death writes may go on for as long without an error, ms. */
const BLIND_MS = 30;

/** stdin and stdout of a process: bytes take time, come in any pieces, and some of them never arrive. */
export class StdioPipes {
  readonly process: Process;
  readonly session: ServerSession;
  private readonly lifeline: Lifeline;
  private readonly blindMs: number;
  private listener: StdioListener | null = null;
  private unread = '';
  private readonly arrived: string[] = [];
  private inAt = 0;
  private outAt = 0;
  /** Pieces of stdout that are under way. */
  private readonly pieces: { readonly at: number; readonly bytes: Uint8Array; sent: boolean }[] = [];
  private readonly early: Uint8Array[] = [];
  private closed = false;
  private stdinOpen = true;
  /** Resolves when stdout was read to its end. */
  readonly drained: Promise<void>;
  private resolveDrained: () => void = () => undefined;

  constructor(process: Process, lifeline: Lifeline) {
    this.process = process;
    this.lifeline = lifeline;
    this.session = newServerSession(`stdio-${process.pid}`, { send: (json) => this.print(`${json}\n`), asks: true });
    this.blindMs = process.random.chance(process.world.plan.faults.blindWrites) ? process.random.between(0, BLIND_MS) : 0;
    this.drained = new Promise((resolve) => {
      this.resolveDrained = resolve;
    });
    process.whenDead(() => this.cut());
  }

  get channel(): StdioChannel {
    return {
      listen: (listener) => {
        this.listener = listener;
        for (const piece of this.early.splice(0)) this.hear(piece);
      },
      write: (bytes) => this.write(bytes),
      noise: () => undefined,
      pause: () => undefined,
      resume: () => undefined,
    };
  }

  /** The daemon's end of stdin is closed: it asked the server to end, or died. */
  closeStdin(): void {
    this.stdinOpen = false;
  }

  /** A line of stdout that is no message. */
  garble(): void {
    this.print('this is not JSON\n');
  }

  private write(bytes: Uint8Array): 'taken' | 'refused' {
    const { process, lifeline } = this;
    if (!lifeline.act()) return 'taken';
    const { world } = process;
    const now = world.time.monotonic();
    if (!this.stdinOpen) return 'refused';
    const text = Buffer.from(bytes).toString();
    for (const key of keysIn(text)) world.ledger.handed(key, process.pid);
    if (!process.alive) return now - (process.diedAt ?? now) <= this.blindMs ? 'taken' : 'refused';
    this.inAt = Math.max(this.inAt, now + process.random.between(0.02, 0.5));
    world.time.after(this.inAt - now, () => {
      this.arrived.push(text);
      this.pump();
    });
    return 'taken';
  }

  /** Gives the server what arrived, unless it hangs. */
  private pump(): void {
    const { process } = this;
    const frozen = process.frozenUntil - process.world.time.monotonic();
    if (frozen > 0) {
      process.world.time.after(frozen + 1, () => this.pump());
      return;
    }
    for (let text = this.arrived.shift(); text !== undefined && process.alive; text = this.arrived.shift()) this.read(text);
  }

  private read(text: string): void {
    const { process, session } = this;
    this.unread += text;
    for (let end = this.unread.indexOf('\n'); end >= 0; end = this.unread.indexOf('\n')) {
      const line = this.unread.slice(0, end);
      this.unread = this.unread.slice(end + 1);
      const message = parse(line);
      if (!message) process.world.fail('bad-line', `${process.name} got a line that is no JSON: ${line.slice(0, 200)}`);
      else if (session.outlet) process.server.receive(message, session, session.outlet);
    }
  }

  private print(text: string): void {
    const { process } = this;
    if (!process.alive || this.lifeline.dead) return;
    const bytes = Buffer.from(text);
    const cut = process.random.chance(0.2) ? process.random.int(1, bytes.length) : bytes.length;
    for (const piece of [bytes.subarray(0, cut), bytes.subarray(cut)]) if (piece.length > 0) this.send(piece);
  }

  private send(bytes: Uint8Array): void {
    const { time } = this.process.world;
    const now = time.monotonic();
    this.outAt = Math.max(this.outAt, now + this.process.random.between(0.02, 1));
    const piece = { at: this.outAt, bytes, sent: false };
    this.pieces.push(piece);
    time.after(this.outAt - now, () => {
      if (piece.sent) return;
      piece.sent = true;
      this.pieces.shift();
      this.hear(bytes);
    });
  }

  /** Death: some of what was written is still read, maybe to the middle of a line; then stdout ends. */
  private cut(): void {
    const { random, world } = this.process;
    const kept = random.int(0, this.pieces.length);
    const rest = this.pieces.splice(0);
    for (const piece of rest) piece.sent = true;
    world.time.after(random.between(0, 5), () => {
      for (const piece of rest.slice(0, kept)) this.hear(piece.bytes);
      const torn = rest[kept];
      if (torn && torn.bytes.length > 1 && random.chance(0.5)) this.hear(torn.bytes.subarray(0, random.int(1, torn.bytes.length - 1)));
      this.closed = true;
      if (!this.lifeline.dead) this.listener?.end();
      this.resolveDrained();
    });
  }

  private hear(bytes: Uint8Array): void {
    if (this.lifeline.dead || this.closed) return;
    if (this.listener) this.listener.data(bytes);
    else this.early.push(bytes);
  }
}

function parse(line: string): WireMessage | null {
  try {
    return JSON.parse(line) as WireMessage;
  } catch {
    return null;
  }
}
