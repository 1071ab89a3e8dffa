import { beforeEach, describe } from 'vitest';
import { ENGINE_KINDS, type EngineAddress, engineFor, engineOrSkip, whyNoEngine } from './engine/engines.ts';
import { ensureImages } from './engine/images.ts';
import { createHome, type Home } from './home.ts';

/** What a server of a test runs on. */
export type RunsOn = 'process' | 'docker' | 'podman';

const RUNTIMES: readonly RunsOn[] = ['process', ...ENGINE_KINDS];

/** `HOLDFAST_RUNTIMES=process,docker`: only these, for a run that must be short. All of them where it is not set. */
const WANTED: readonly string[] | undefined = process.env['HOLDFAST_RUNTIMES']?.split(',');

/** For what concerns containers, but differs in nothing between one engine and the other: Podman takes its time. */
export const WITHOUT_PODMAN: readonly RunsOn[] = ['process', 'docker'];

/**
 * One suite for several runtimes: `describeRuntimes('a call', (on) => { … })`. Homes come from `homeOn(on)`; where a machine has no engine
 * its tests are skipped, with the reason.
 * @param only the runtimes that it makes sense for
 */
export function describeRuntimes(title: string, suite: (on: RunsOn) => void, only: readonly RunsOn[] = RUNTIMES): void {
  describe.each(only.filter((on) => RUNTIMES.includes(on) && (WANTED?.includes(on) ?? true)))(`${title} (%s)`, (on) => {
    beforeEach((ctx) => {
      if (on !== 'process') engineOrSkip(ctx, on);
    });
    suite(on);
  });
}

/**
 * A home whose fixtures run on that runtime. For `beforeAll`, which comes before a test can be skipped: without an engine it is a home
 * like any other, and no test uses it.
 * @param env more variables for the command line and the daemon
 * @param engine where a test has an engine of its own; the shared one where absent
 */
export async function homeOn(on: RunsOn, env: Readonly<Record<string, string>> = {}, engine?: EngineAddress): Promise<Home> {
  const isShared = engine === undefined && on !== 'process' && whyNoEngine(on) === null;
  const found = isShared ? await engineFor(on) : (engine ?? null);
  if (found === null) return createHome(env);
  await ensureImages(found, 'fixture');
  return createHome(env, found);
}
