import { createServer, type Server } from 'node:net';
import { expect, it } from 'vitest';
import { engineOrSkip, startEngine } from '../../support/engine/engines.ts';
import { idOf, makeKit, outside, urlOf } from './container-kit.ts';

/** Takes ports of the loopback address that are free; those that are not are taken already. */
async function take(ports: readonly number[]): Promise<Server[]> {
  const servers = ports.map((port) => {
    const server = createServer();
    return new Promise<Server>((resolve) => {
      server.once('error', () => resolve(server));
      server.listen(port, '127.0.0.1', () => resolve(server));
    });
  });
  return Promise.all(servers);
}

it('a port that Docker chooses and that another program has is no obstacle, neither at first nor at a restart', async (ctx) => {
  engineOrSkip(ctx, 'docker');
  // One that has given out no port yet: it begins with the first of the machine's range.
  const engine = await startEngine('docker');
  const kit = await makeKit(engine);
  const taken: Server[] = [];
  try {
    const spec = kit.spec(['http-probe'], { transport: 'streamable-http' });
    taken.push(...(await take([32_768, 32_769, 32_770])));
    const first = await kit.start(spec);
    const port = Number(new URL(urlOf(first)).port);
    expect(port).toBeGreaterThan(32_770);
    taken.push(...(await take([port + 1, port + 2, port + 3])));
    await outside(engine, idOf(first), 'kill');
    await first.exited;
    const second = await kit.start(spec);
    // The same container, with all that is in it.
    expect(idOf(second)).toBe(idOf(first));
    expect(Number(new URL(urlOf(second)).port)).toBeGreaterThan(port + 3);
  } finally {
    for (const server of taken) server.close();
    await kit.close();
    await engine.end();
  }
});
