import { expect, it } from 'vitest';
import type { StdioChannel, StdioListener } from '../ports/stdio-channel.ts';
import { trialHandshake } from './trial-handshake.ts';

it('fails as a start does when the server ends before it answers, though of its exit nothing is known yet', async () => {
  const listeners: StdioListener[] = [];
  const channel: StdioChannel = {
    listen: (listener) => void listeners.push(listener),
    write: () => 'taken',
    noise: () => undefined,
    pause: () => undefined,
    resume: () => undefined,
  };
  const handshake = trialHandshake('w', channel, new AbortController().signal);
  for (const listener of listeners) listener.end();
  await expect(handshake).rejects.toMatchObject({ code: 'HF_START_FAILED', message: 'The server ended before it answered' });
});
