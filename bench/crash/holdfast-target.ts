import { join } from 'node:path';
import type { BenchContext } from '../bench.ts';
import { startHoldfast } from '../holdfast/private-holdfast.ts';
import { programFile } from '../processes/program-file.ts';
import type { Target } from './target.ts';

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
    promises: true,
    async detections(kills) {
      const exits = (await holdfast.events()).filter(({ type }) => type === 'backend.exited').map(({ at }) => Date.parse(at));
      for (const kill of kills) kill.detectedAt = exits.find((at) => at >= kill.at - CLOCK_MS) ?? null;
    },
    end: () => holdfast.end(),
  };
}
