import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe } from 'vitest';
import { type ApiClient, createClient } from '../../../../src/api/connect/client.ts';
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

/** The same tests on each kind of engine. A home is shared by all of them; at the end nothing of it may be left at the engine. */
export function describeEngines(title: string, body: (scene: () => Scene, kind: EngineKind) => void): void {
  describe.each(ENGINE_KINDS)(`${title} on %s`, (kind) => {
    let scene: Scene | null = null;

    beforeEach(async (ctx) => {
      engineOrSkip(ctx, kind);
      scene ??= await openScene(kind);
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

async function openScene(kind: EngineKind): Promise<Scene> {
  const engine = await engineFor(kind);
  await ensureImages(engine, 'fixture');
  const home = await createHome({ DOCKER_HOST: `unix://${engine.socket}` });
  const socket = join(home.folder, 'state', 'control.sock');
  return { home, engine, outside: new Outside(engine), api: () => createClient({ socket, onOtherVersion: () => undefined }) };
}

async function closeScene({ home, outside }: Scene): Promise<void> {
  const label = `holdfast.instance=${instanceOf(home)}`;
  await home.run('rm', '--all');
  const left = [...(await outside.list(label)).map(({ Names }) => Names[0]), ...(await outside.networks(label)).map(({ Name }) => Name)];
  for (const { Id } of await outside.list(label)) await outside.remove(Id);
  for (const { Id } of await outside.networks(label)) await outside.removeNetwork(Id);
  await home.end();
  if (left.length > 0) throw new Error(`left at the engine: ${left.join(', ')}`);
}

export function instanceOf(home: Home): string {
  return (JSON.parse(readFileSync(join(home.folder, 'state', 'instance.json'), 'utf8')) as { id: string }).id;
}
