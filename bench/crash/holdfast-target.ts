import { join } from 'node:path';
import type { BenchContext } from '../bench.ts';
import { type PrivateHoldfast, startHoldfast } from '../holdfast/private-holdfast.ts';
import { programFile } from '../processes/program-file.ts';
import type { Kill } from './call.ts';
import { livingServers } from './living-servers.ts';
import { GIVE_UP_MS, type Promises, type Target } from './target.ts';

const PROMISES: Promises = { slackMs: 100, detectionMs: null };
/** How much the daemon's clock and ours may differ, ms. */
const CLOCK_MS = 2;

/** Holdfast before a server of that transport. When it knew of a crash is in its event log. */
export async function holdfastTarget(context: BenchContext, transport: 'stdio' | 'http'): Promise<Target> {
  const holdfast = await startHoldfast(context);
  const journal = join(context.folder, `crash-holdfast-${transport}.journal`);
  const server = [process.execPath, programFile('mcp-server'), '--journal', journal];
  const { url } =
    transport === 'stdio'
      ? await holdfast.workload('served', [], server)
      : await holdfast.workload('served', ['--transport', 'streamable-http'], [...server, '--http', '{port}']);
  return {
    name: `Holdfast, ${transport} server`,
    url,
    journal,
    transport,
    kills: context.options.kills,
    giveUpMs: GIVE_UP_MS,
    promises: PROMISES,
    living: () => livingServers(journal),
    detections: (kills) => exitsSeen(holdfast, kills),
    end: () => holdfast.end(),
  };
}

/** Adds to each kill when Holdfast wrote down the exit. */
export async function exitsSeen(holdfast: PrivateHoldfast, kills: readonly Kill[]): Promise<void> {
  const exits = (await holdfast.events()).filter(({ type }) => type === 'backend.exited').map(({ at }) => Date.parse(at));
  for (const kill of kills) kill.detectedAt = exits.find((at) => at >= kill.at - CLOCK_MS) ?? null;
}
