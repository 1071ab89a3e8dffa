import { copied } from '../../lib/copied.ts';
import type { Reply } from '../ports/reply.ts';

const COMMA = Uint8Array.of(0x2c);

/** Collects the answers to the requests of one batch (2025-03-26) and sends them as one array, in the order of their completion. */
export class BatchReply {
  private readonly reply: Reply;
  private readonly answers: Uint8Array[] = [];
  private open: number;

  constructor(requests: number, reply: Reply) {
    this.open = requests;
    this.reply = reply;
  }

  /** Takes the answer to one of the requests; empty = it was cancelled and gets none. */
  part(): (response: Uint8Array) => void {
    return (response) => {
      if (response.length > 0) this.answers.push(copied(response));
      this.open -= 1;
      if (this.open === 0) this.send();
    };
  }

  private send(): void {
    if (this.answers.length === 0) return this.reply.drop();
    const parts: Uint8Array[] = [Uint8Array.of(0x5b)];
    for (const [index, answer] of this.answers.entries()) parts.push(...(index === 0 ? [answer] : [COMMA, answer]));
    parts.push(Uint8Array.of(0x5d));
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    this.reply.json(whole);
  }
}
