import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createStdioPipes } from './stdio-pipes.ts';

function setup() {
  const stdin = new PassThrough({ highWaterMark: 10 });
  const stdout = new PassThrough();
  const noise: string[] = [];
  const pipes = createStdioPipes(stdin, stdout, { add: (line) => noise.push(Buffer.from(line).toString()), flush: async () => {} });
  const seen: string[] = [];
  const listen = (): void =>
    pipes.listen({
      data: (chunk) => seen.push(Buffer.from(chunk).toString()),
      drain: () => seen.push('<drain>'),
      end: () => seen.push('<end>'),
    });
  return { stdin, stdout, pipes, noise, seen, listen };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('createStdioPipes', () => {
  it('says whether stdin took what it was given', async () => {
    const { stdin, pipes, seen, listen } = setup();
    listen();
    expect(pipes.write(Buffer.from('abc'))).toBe('taken');
    expect(pipes.write(Buffer.from('0123456789'))).toBe('queued');
    stdin.resume();
    await turn();
    await turn();
    expect(seen).toEqual(['<drain>']);
    stdin.destroy(new Error('EPIPE'));
    expect(pipes.write(Buffer.from('x'))).toBe('refused');
  });

  it('survives errors of both ends', async () => {
    const { stdin, stdout, seen, listen } = setup();
    listen();
    stdin.destroy(new Error('EPIPE'));
    stdout.destroy(new Error('ECONNRESET'));
    await turn();
    expect(seen).toEqual(['<end>']);
  });

  it('keeps what comes before anybody listens', async () => {
    const { stdout, seen, listen } = setup();
    stdout.write('early');
    await turn();
    listen();
    await turn();
    expect(seen).toEqual(['early']);
  });

  it('logs what a server printed that died before anybody listened', async () => {
    const { stdout, pipes, noise, seen, listen } = setup();
    stdout.end('usage: server FILE\nno FILE was given');
    await pipes.drain();
    expect(noise).toEqual(['usage: server FILE', 'no FILE was given']);
    listen();
    expect(seen).toEqual(['<end>']);
  });

  it('reads no more than a pipe holds before anybody listens', async () => {
    const { stdout, seen, listen } = setup();
    const chunk = Buffer.alloc(16 * 1024, 'x');
    let written = 0;
    while (written < 1_000 && stdout.write(chunk)) {
      written += 1;
      await turn();
    }
    // How much that is differs between versions of Node.
    const holds = (stdout.readableHighWaterMark + stdout.writableHighWaterMark) / chunk.length;
    expect(written).toBeLessThanOrEqual(holds + 2);
    listen();
    await turn();
    expect(seen.join('')).toHaveLength((written + 1) * chunk.length);
  });

  it('drains what a dead server left, although its reader had paused', async () => {
    const { stdout, pipes, seen, listen } = setup();
    listen();
    pipes.pause();
    stdout.write('last words');
    stdout.end();
    await pipes.drain();
    expect(seen).toEqual(['last words', '<end>']);
  });

  it('does not wait for those who hold stdout open longer than 250 ms, and lets none of theirs through', async () => {
    const { stdout, pipes, seen, listen } = setup();
    listen();
    stdout.write('mine');
    await pipes.drain();
    stdout.write('theirs');
    await turn();
    expect(seen).toEqual(['mine', '<end>']);
  });
});
