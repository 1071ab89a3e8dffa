import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createClientConfig } from '../../../src/client-config/client-config.ts';
import { findDescriptor } from '../../../src/client-config/descriptors/find-descriptor.ts';
import { putEntry, readServers } from '../../../src/client-config/editors/edit-entry.ts';
import { editorOf, targetOf } from '../../../src/client-config/editors/editor-of.ts';
import { type Fields, sameValue } from '../../../src/client-config/editors/value.ts';
import type { ClientConfig } from '../../../src/core/ports/client-config.ts';
import { type ClientHome, clientHome, entryOf, handMadeFiles } from './client-files.ts';

/** What a user adds to an entry of ours. */
const ADDED: Fields = { disabled: true, alwaysAllow: ['a', 'b'], headers: { 'X-Mine': 'yes "quoted"' }, timeout: 30 };

const CLIENTS = ['cursor', 'codex', 'goose', 'continue', 'mistral-vibe', 'vscode'] as const;
const files = handMadeFiles().filter(({ client }) => (CLIENTS as readonly string[]).includes(client));

/** A file of that client which has an entry of ours, to which its user added fields. */
class Scene {
  readonly home: ClientHome;
  readonly client: string;
  readonly file: string;

  constructor(home: ClientHome, client: string, file: string) {
    this.home = home;
    this.client = client;
    this.file = file;
  }

  entry(): Fields | undefined {
    const descriptor = findDescriptor(this.client);
    const text = readFileSync(this.file, 'utf8').replace(/^\ufeff/, '');
    return readServers(editorOf(descriptor), text, targetOf(descriptor, this.file)).servers?.get('ours') as Fields | undefined;
  }

  async write(config = this.home.config): Promise<void> {
    await config.edit(this.client, [{ write: entryOf('ours') }], false);
  }

  async remove(comesBack: boolean, config = this.home.config): Promise<void> {
    await config.edit(this.client, [{ remove: 'ours', comesBack }], false);
  }

  async add(): Promise<void> {
    const descriptor = findDescriptor(this.client);
    const target = targetOf(descriptor, this.file);
    const text = readFileSync(this.file, 'utf8');
    const bom = text.startsWith('\ufeff') ? '\ufeff' : '';
    const edited = putEntry(editorOf(descriptor), text.slice(bom.length), target, 'ours', { owned: ADDED, initial: {}, drop: [] });
    await this.home.put(this.client, bom + edited);
  }

  /** A later Holdfast of the same home. */
  later(): ClientConfig {
    const { surroundings, ledger } = this.home;
    const clock = { now: () => Date.now(), monotonic: () => performance.now(), after: () => () => undefined };
    return createClientConfig({ surroundings, folder: ledger, clock, random: Math.random });
  }
}

async function inScene({ client, bytes }: (typeof files)[number], run: (scene: Scene) => Promise<void>): Promise<void> {
  const home = await clientHome();
  try {
    await run(new Scene(home, client, await home.put(client, bytes)));
  } finally {
    await home.remove();
  }
}

describe.each(files)('what a user added to an entry: $client, $name', (handMade) => {
  it('is there again when the entry was out for a while, also with a later Holdfast', () =>
    inScene(handMade, async (scene) => {
      await scene.write();
      await scene.add();
      const before = scene.entry();
      expect(Object.keys(before ?? {})).toEqual(expect.arrayContaining(Object.keys(ADDED)));
      await scene.remove(true);
      expect(scene.entry()).toBeUndefined();
      await scene.write(scene.later());
      expect(sameValue(scene.entry(), before)).toBe(true);
      await scene.remove(true);
      await scene.write();
      expect(sameValue(scene.entry(), before)).toBe(true);
    }));

  it('is forgotten with an entry that goes for good, in the file or already out of it', () =>
    inScene(handMade, async (scene) => {
      await scene.write();
      const plain = scene.entry();
      await scene.add();
      await scene.remove(false);
      await scene.write();
      expect(scene.entry()).toEqual(plain);

      await scene.add();
      await scene.remove(true);
      await scene.remove(false);
      await scene.write();
      expect(scene.entry()).toEqual(plain);
      await scene.remove(false);
      expect(scene.home.remembered()).toEqual([]);
    }));
});
