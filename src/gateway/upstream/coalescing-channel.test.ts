import { expect, it } from 'vitest';
import type { StdioChannel } from '../../core/ports/stdio-channel.ts';
import { coalescing } from './coalescing-channel.ts';

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function recorder(): StdioChannel & { written: string[]; lost: boolean; answer: 'taken' | 'refused' } {
  return {
    written: [],
    lost: false,
    answer: 'taken',
    listen: () => undefined,
    write(bytes) {
      if (this.answer === 'taken') this.written.push(Buffer.from(bytes).toString());
      return this.answer;
    },
    noise: () => undefined,
    pause: () => undefined,
    resume: () => undefined,
  };
}

it('makes one write of what is written in one turn', async () => {
  const below = recorder();
  const channel = coalescing(below);
  expect(['a', 'b', 'c'].map((text) => channel.write(Buffer.from(text)))).toEqual(['taken', 'taken', 'taken']);
  await nextTurn();
  expect(below.written).toEqual(['abc']);
});

it('takes nothing once the pipe has refused something, and nothing from the moment that the connection is lost', async () => {
  const refusing = recorder();
  refusing.answer = 'refused';
  const closed = coalescing(refusing);
  closed.write(Buffer.from('a'));
  await nextTurn();
  expect(closed.write(Buffer.from('b'))).toBe('refused');
  expect(closed.lost).toBe(false);

  const below = recorder();
  const channel = coalescing(below);
  below.lost = true;
  expect(channel.lost).toBe(true);
  expect(channel.write(Buffer.from('a'))).toBe('refused');
  await nextTurn();
  expect(below.written).toEqual([]);
});
