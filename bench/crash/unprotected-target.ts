import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { BenchContext } from '../bench.ts';
import { programFile } from '../processes/program-file.ts';
import { message } from '../processes/started-processes.ts';
import { now } from './call.ts';
import { livingServers } from './living-servers.ts';
import { GIVE_UP_MS, type Target } from './target.ts';

/** Each kill costs three seconds until its clients are given up, so there are fewer of them. */
const SHARE_OF_KILLS = 0.2;

/** No proxy: clients call the HTTP server itself, which a loop of five lines starts again, on the same port, when it ends. */
export async function unprotectedTarget({ started, folder, options }: BenchContext): Promise<Target> {
  const journal = join(folder, 'crash-unprotected.journal');
  const exits: number[] = [];
  let over = false;
  let current: ChildProcess | null = null;
  const boot = async (port: number): Promise<number> => {
    const child = started.fork(programFile('mcp-server'), ['--http', String(port), '--journal', journal]);
    current = child;
    const listening = await message<{ type: 'listening'; port: number }>(child, 'listening', 10_000);
    child.once('exit', () => {
      exits.push(now());
      if (!over) void boot(listening.port);
    });
    return listening.port;
  };
  const port = await boot(0);
  return {
    name: 'no proxy, http server',
    url: `http://127.0.0.1:${port}/mcp`,
    journal,
    transport: 'http',
    kills: Math.ceil(options.kills * SHARE_OF_KILLS),
    giveUpMs: GIVE_UP_MS,
    promises: null,
    living: () => livingServers(journal),
    async detections(kills) {
      for (const kill of kills) kill.detectedAt = exits.find((at) => at >= kill.at) ?? null;
    },
    async end() {
      over = true;
      if (current) await started.end(current);
    },
  };
}
