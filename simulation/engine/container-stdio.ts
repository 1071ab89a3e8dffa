import type { Process } from '../machine/process.ts';
import { newServerSession, type ServerSession } from '../servers/server-session.ts';
import type { WireMessage } from '../servers/wire-types.ts';
import type { Container } from './container.ts';

/**
 * stdin and stdout of one run of a container. What is written while nobody is attached is lost; what was half-written on a connection that
 * broke stays half-written. Where an engine cannot attach again the end of the first connection is the end of stdin.
 */
export class ContainerStdio {
  readonly session: ServerSession;
  private readonly container: Container;
  private readonly process: Process;
  private readonly reattach: boolean;
  private unread = '';
  /** Length of what a broken connection left of a line; null = nothing was torn. */
  private torn: number | null = null;
  /** What is under way to the server, on the present connection. */
  private readonly coming: { text: string; read: boolean }[] = [];
  private stdinOpen = true;
  private inAt = 0;
  private outAt = 0;
  private readonly leaving: { readonly bytes: Uint8Array; sent: boolean }[] = [];

  constructor(container: Container, process: Process, reattach: boolean) {
    this.container = container;
    this.process = process;
    this.reattach = reattach;
    this.session = newServerSession(`stdio-${process.pid}`, { send: (json) => this.print(`${json}\n`), asks: true });
    process.whenDead(() => this.cut());
  }

  /** A line of stdout that is no message. */
  garble(): void {
    this.print('this is not JSON\n');
  }

  write(text: string): void {
    const { process } = this;
    if (!process.alive || !this.stdinOpen) return;
    const { time } = process.world;
    const now = time.monotonic();
    this.inAt = Math.max(this.inAt, now + process.random.between(0.02, 0.5));
    const piece = { text, read: false };
    this.coming.push(piece);
    time.after(this.inAt - now, () => this.arrive(piece));
  }

  /** The connection is gone: of what was under way some arrived, maybe to the middle of a line. */
  disconnected(): void {
    const { process } = this;
    const { random } = process;
    const rest = this.coming.splice(0);
    const kept = random.int(0, rest.length);
    for (const piece of rest.slice(0, kept)) this.take(piece);
    const next = rest[kept];
    if (next && random.chance(0.5)) this.take({ text: next.text.slice(0, random.int(0, next.text.length - 1)), read: false });
    for (const piece of rest) piece.read = true;
    this.torn = this.unread.length;
    if (this.reattach) return;
    this.stdinOpen = false;
    if (process.random.chance(process.world.plan.faults.orphans)) return;
    process.after(process.random.magnitude(1, 500), () => process.die({ cause: 'exited', exitCode: 0, signal: null, oom: false }));
  }

  private arrive(piece: { text: string; read: boolean }): void {
    if (piece.read) return;
    const { process } = this;
    if (!process.alive) return;
    const frozen = process.frozenUntil - process.world.time.monotonic();
    if (frozen > 0) {
      if (Number.isFinite(frozen)) process.world.time.after(frozen + 1, () => this.arrive(piece));
      return;
    }
    for (let first = this.coming[0]; first; first = this.coming[0]) {
      this.coming.shift();
      this.take(first);
      if (first === piece) return;
    }
  }

  private take(piece: { text: string; read: boolean }): void {
    piece.read = true;
    const { process, session } = this;
    this.unread += piece.text;
    for (let end = this.unread.indexOf('\n'); end >= 0; end = this.unread.indexOf('\n')) {
      const line = this.unread.slice(0, end);
      this.unread = this.unread.slice(end + 1);
      const { torn } = this;
      this.torn = null;
      if (torn !== null && line.length === torn && !isMessage(line)) continue;
      const message = parse(line);
      if (!message) process.world.fail('bad-line', `${process.name} got a line that is no JSON: ${line.slice(0, 200)}`);
      else if (session.outlet) process.server.receive(message, session, session.outlet);
      if (!process.alive) return;
    }
  }

  private print(text: string): void {
    const { process } = this;
    if (!process.alive) return;
    const bytes = Buffer.from(text);
    const cut = process.random.chance(0.2) ? process.random.int(1, bytes.length) : bytes.length;
    for (const piece of [bytes.subarray(0, cut), bytes.subarray(cut)]) if (piece.length > 0) this.send(piece);
  }

  private send(bytes: Uint8Array): void {
    const { time } = this.process.world;
    const now = time.monotonic();
    this.outAt = Math.max(this.outAt, now + this.process.random.between(0.02, 1));
    const piece = { bytes, sent: false };
    this.leaving.push(piece);
    time.after(this.outAt - now, () => {
      if (piece.sent) return;
      piece.sent = true;
      this.leaving.shift();
      this.container.attachment?.hear(bytes);
    });
  }

  /** Death: some of what was written is still read, maybe to the middle of a line; then the connection ends. */
  private cut(): void {
    const { random, world } = this.process;
    const { attachment } = this.container;
    const rest = this.leaving.splice(0);
    const kept = random.int(0, rest.length);
    for (const piece of rest) piece.sent = true;
    if (!attachment) return;
    world.time.after(random.between(0, 5), () => {
      for (const piece of rest.slice(0, kept)) attachment.hear(piece.bytes);
      const torn = rest[kept];
      if (torn && torn.bytes.length > 1 && random.chance(0.5))
        attachment.hear(torn.bytes.subarray(0, random.int(1, torn.bytes.length - 1)));
      if (this.container.attachment === attachment) this.container.attachment = null;
      attachment.finish();
    });
  }
}

function isMessage(line: string): boolean {
  return parse(line) !== null;
}

function parse(line: string): WireMessage | null {
  try {
    return JSON.parse(line) as WireMessage;
  } catch {
    return null;
  }
}
