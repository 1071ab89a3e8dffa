import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineAddress } from '../../test/support/engine/api.ts';
import { containerProcesses } from '../../test/support/engine/container-processes.ts';
import type { BenchContext } from '../bench.ts';
import { exitsSeen } from '../crash/holdfast-target.ts';
import type { Living, Promises, Target } from '../crash/target.ts';
import { startHoldfast } from '../holdfast/private-holdfast.ts';
import { readJournal } from '../server/journal.ts';
import { IMAGE } from './bench-engine.ts';

/** For a container, whose engine may be busy with others, ms. */
const GIVE_UP_MS = 10_000;
const PROMISES: Promises = { slackMs: 250, detectionMs: 100 };
/** Where the server listens in its container. */
export const HTTP_PORT = 8080;
export const HTTP_ARGS: readonly string[] = ['--http', String(HTTP_PORT), '--host', '0.0.0.0'];

/** Holdfast before a server in a container of that engine. The server itself is killed, past the engine, which has to notice it first. */
export async function containedTarget(
  context: BenchContext,
  engine: EngineAddress,
  transport: 'stdio' | 'http',
  kills: number,
): Promise<Target> {
  const folder = join(context.folder, `contained-${engine.kind}-${transport}`);
  await mkdir(folder);
  const journal = join(folder, 'journal');
  const holdfast = await startHoldfast(context, context.options.program, { DOCKER_HOST: `unix://${engine.socket}` });
  try {
    const args = [...(transport === 'http' ? HTTP_ARGS : []), '--journal', '/journal/journal'];
    const { url, container } = await holdfast.container(
      `bench-${transport}`,
      IMAGE,
      [...flagsFor(transport), `--volume=${folder}:/journal`],
      args,
    );
    return {
      name: `${engine.kind}, ${transport} server`,
      url,
      journal,
      transport,
      kills,
      giveUpMs: GIVE_UP_MS,
      promises: PROMISES,
      living: () => livingIn(container.id, journal),
      detections: (done) => exitsSeen(holdfast, done),
      end: () => holdfast.end(),
    };
  } catch (error) {
    await holdfast.end();
    throw error;
  }
}

/** Flags of `holdfast run` for the benchmark's server. */
export function flagsFor(transport: 'stdio' | 'http'): string[] {
  return transport === 'stdio' ? ['--transport=stdio'] : ['--transport=streamable-http', `--target-port=${HTTP_PORT}`];
}

function livingIn(container: string, journal: string): Living {
  const processes = containerProcesses(container);
  // An init is the first of them.
  const server = processes[1] ?? processes[0];
  const last = readJournal(journal).boots.at(-1);
  return {
    servers: new Set(server === undefined || last === undefined ? [] : [last.who]),
    kill() {
      if (server !== undefined) process.kill(server.pid, 'SIGKILL');
    },
  };
}
