import { describe, expect, it } from 'vitest';
import { createEngineGate } from './engine-gate.ts';

const DOCKER = { address: 'unix:///var/run/docker.sock', tls: null };

describe('the gate before an engine that a connection would start', () => {
  it('lets the first connection pass without a question', async () => {
    const gate = createEngineGate(DOCKER, () => Promise.reject(new Error('nobody asks')));
    await expect(gate.pass('try')).resolves.toBeUndefined();
  });

  it.each([
    [['active', 'inactive'], 'stopped'],
    [['active', 'failed'], 'stopped'],
    [['active', 'deactivating'], 'stopped'],
    [['active', 'active'], null],
    [['active', 'activating'], null],
    [['inactive', 'inactive'], null],
    [null, null],
  ])('after a loss, with socket and service %j: %s', async (states, expected) => {
    const gate = createEngineGate(DOCKER, () => Promise.resolve(states));
    gate.lost();
    const outcome = await gate.pass('try').then(
      () => null,
      (error: { reason: string }) => error.reason,
    );
    expect(outcome).toBe(expected);
  });

  it('is open again once it answers, and always for what nobody activates', async () => {
    const stopped = (): Promise<string[]> => Promise.resolve(['active', 'inactive']);
    const gate = createEngineGate(DOCKER, stopped);
    gate.lost();
    gate.answers();
    await gate.pass('try');
    const podman = createEngineGate({ address: 'unix:///run/podman/podman.sock', tls: null }, stopped);
    podman.lost();
    await expect(podman.pass('try')).resolves.toBeUndefined();
  });
});
