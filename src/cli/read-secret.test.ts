import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { readSecret, type SecretSource, withoutLineEnd } from './read-secret.ts';

/** A terminal, and whether it shows what is typed. */
class Terminal extends EventEmitter {
  readonly isTTY = true;
  raw = false;
  setRawMode(raw: boolean): this {
    this.raw = raw;
    return this;
  }
  resume(): this {
    return this;
  }
  pause(): this {
    return this;
  }
  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {}
}

function typed(...parts: string[]): { value: Promise<Buffer>; terminal: Terminal; asked: string[] } {
  const terminal = new Terminal();
  const asked: string[] = [];
  const value = readSecret(() => void asked.push('asked'), terminal as unknown as SecretSource);
  for (const part of parts) {
    expect(terminal.raw).toBe(true);
    terminal.emit('data', Buffer.from(part));
  }
  return { value, terminal, asked };
}

describe('a value that must not be seen', () => {
  it('is what was typed before Enter, in raw mode, which ends with it', async () => {
    const { value, terminal, asked } = typed('hun', 'ter2\rmore');
    expect((await value).toString()).toBe('hunter2');
    expect([terminal.raw, terminal.listenerCount('data'), asked]).toEqual([false, 0, ['asked']]);
  });

  it('can be corrected by whole characters', async () => {
    expect((await typed('aé\u007fb\u0008c\n').value).toString()).toBe('ac');
    expect((await typed('\u007f\u007fx\u0004').value).toString()).toBe('x');
  });

  it('is none where the question was interrupted', async () => {
    const { value, terminal } = typed('secret\u0003');
    await expect(value).rejects.toMatchObject({ code: 'HF_USAGE' });
    expect(terminal.raw).toBe(false);
  });

  it('is all bytes of what is no terminal, up to a bound', async () => {
    async function* of(...parts: Buffer[]): AsyncGenerator<Buffer> {
      yield* parts;
    }
    const read = (...parts: Buffer[]): Promise<Buffer> => readSecret(() => undefined, of(...parts) as unknown as SecretSource);
    expect(await read(Buffer.from([0xff]), Buffer.from('\n'))).toEqual(Buffer.from([0xff, 0x0a]));
    await expect(read(Buffer.alloc(1024 * 1024), Buffer.from('x'))).rejects.toMatchObject({ code: 'HF_USAGE' });
  });

  it('loses one line end', () => {
    const cases = { 'a\n': 'a', 'a\r\n': 'a', 'a\n\n': 'a\n', 'a\r': 'a\r', '\n': '', a: 'a', '': '' };
    for (const [given, kept] of Object.entries(cases)) expect(withoutLineEnd(Buffer.from(given)).toString()).toBe(kept);
  });
});
