import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe } from 'vitest';
import type { ApiClient } from '../../../../src/api/connect/client.ts';
import { ENGINE_KINDS, type EngineAddress, type EngineKind, engineFor, engineOrSkip } from '../../../support/engine/engines.ts';
import { ensureImages } from '../../../support/engine/images.ts';
import { Outside } from '../../../support/engine/outside.ts';
import { createHome, type Home } from '../../../support/home.ts';

/** A Holdfast whose command line finds exactly one engine, and somebody else who uses that engine, too. */
export interface Scene {
  readonly home: Home;
  readonly engine: EngineAddress;
  readonly outside: Outside;
  /** The control API of the home's daemon, which must run. */
  api(): ApiClient;
}

/**
 * The same tests on each kind of engine. A home is shared by all of them; at the end nothing of it may be left at the engine.
 * @param env more variables for the command line and the daemon
 */
export function describeEngines(
  title: string,
  body: (scene: () => Scene, kind: EngineKind) => void,
  env: () => Readonly<Record<string, string>> = () => ({}),
): void {
  describe.each(ENGINE_KINDS)(`${title} on %s`, (kind) => {
    let scene: Scene | null = null;

    beforeEach(async (ctx) => {
      engineOrSkip(ctx, kind);
      scene ??= await openScene(kind, env());
    });
    afterAll(async () => {
      if (scene) await closeScene(scene);
    });

    body(() => {
      if (scene === null) throw new Error('there is no scene outside of a test');
      return scene;
    }, kind);
  });
}

async function openScene(kind: EngineKind, env: Readonly<Record<string, string>>): Promise<Scene> {
  const engine = await engineFor(kind);
  await ensureImages(engine, 'fixture');
  const home = await createHome(env, engine);
  return { home, engine, outside: new Outside(engine), api: () => home.api() };
}

/** Nothing may be left of what was there: no workload accounts for it any more. */
async function closeScene({ home }: Scene): Promise<void> {
  await home.run('rm', '--all');
  await home.end();
}

export function instanceOf(home: Home): string {
  return (JSON.parse(readFileSync(join(home.folder, 'state', 'instance.json'), 'utf8')) as { id: string }).id;
}
