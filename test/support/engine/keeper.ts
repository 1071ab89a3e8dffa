import { rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import type { EngineAddress, EngineKind } from './api.ts';
import { type PrivateEngine, startEngine } from './private-engine.ts';
import { sweepSlots } from './slot.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Socket at which the engines of a run are asked for. */
    readonly engineKeeper: string;
  }
}

/**
 * Global setup of the projects that use engines: keeps one of each kind for each worker of the run, so that no two test files use one at the
 * same time. Each is started when it is first asked for, and ended with the run; all end with this process, however it ends.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const socket = join(tmpdir(), `holdfast-engine-keeper-${process.pid}-${project.name}.sock`);
  const engines = new Map<string, Promise<PrivateEngine>>();

  const server = createServer((request, response) => {
    const asked = new URL(request.url ?? '', 'http://keeper').searchParams;
    const kind = asked.get('kind') as EngineKind;
    const key = `${kind} ${asked.get('worker') ?? ''}`;
    const engine = engines.get(key) ?? startEngine(kind);
    engines.set(key, engine);
    engine.then(
      ({ socket: at }) => response.end(JSON.stringify({ kind, socket: at } satisfies EngineAddress)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await listen(server, socket);
  project.provide('engineKeeper', socket);

  return async () => {
    server.closeAllConnections();
    server.close();
    rmSync(socket, { force: true });
    // One that did not start has ended itself, and a test has failed of it.
    await Promise.allSettled([...engines.values()].map(async (engine) => (await engine).end()));
    // Workers are ended without a word.
    sweepSlots();
  };
}

function listen(server: Server, socket: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket, resolve);
  });
}
