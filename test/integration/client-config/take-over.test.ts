import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findDescriptor } from '../../../src/client-config/descriptors/find-descriptor.ts';
import { readServers } from '../../../src/client-config/editors/edit-entry.ts';
import { editorOf, targetOf } from '../../../src/client-config/editors/editor-of.ts';
import { type ClientHome, clientHome, entryOf, handMadeFiles } from './client-files.ts';

const files = handMadeFiles();
const CONNECTION = ['type', 'transport', 'command', 'cmd', 'args', 'env', 'envs', 'environment', 'url', 'serverUrl', 'httpUrl', 'uri'];

describe.each(files)('foreign entries of $client: $name', ({ client, name: _name, bytes }) => {
  const descriptor = findDescriptor(client);
  const platform = descriptor.files.linux === null ? 'darwin' : 'linux';

  const servers = (file: string): Map<string, unknown> => {
    const text = readFileSync(file, 'utf8').replace(/^\ufeff/, '');
    return readServers(editorOf(descriptor), text, targetOf(descriptor, file)).servers ?? new Map<string, unknown>();
  };

  const inHome = async (run: (home: ClientHome, file: string, foreign: string[]) => Promise<void>): Promise<void> => {
    const home = await clientHome(platform);
    try {
      const file = await home.put(client, bytes);
      const found = await home.config.servers(client);
      const foreign = found.filter(({ project }) => project === null).map((server) => server.name);
      expect(foreign).toEqual([...servers(file).keys()]);
      await run(home, file, foreign);
    } finally {
      await home.remove();
    }
  };

  it('are replaced where they stand, and given back to the byte', () =>
    inHome(async ({ config }, file, foreign) => {
      for (const id of foreign) {
        const others = servers(file);
        await config.edit(client, [{ take: id }, { write: entryOf(id) }], false);
        expect([...servers(file).keys()].toSorted()).toEqual([...others.keys()].toSorted());
        for (const [other, value] of others) if (other !== id) expect(servers(file).get(other)).toEqual(value);
        expect(JSON.stringify(servers(file).get(id), plain)).toContain(id);
        await config.restore(client, false, false);
        expect(readFileSync(file).equals(bytes)).toBe(true);
      }
    }));

  it('are given back to the byte all together, also after ours were removed, under other names too', () =>
    inHome(async ({ config }, file, foreign) => {
      if (foreign.length === 0) return;
      await config.edit(client, [{ write: entryOf('before') }], false);
      await config.edit(client, [{ take: foreign[0] ?? '' }, { write: entryOf('legal') }], false);
      for (const id of foreign.slice(1)) await config.edit(client, [{ take: id }, { write: entryOf(id) }], false);
      await config.edit(client, [{ remove: 'legal' }, { remove: 'before' }, ...foreign.map((id) => ({ remove: id }))], false);
      // What is removed is gone: no entry of theirs comes back by itself.
      expect([...servers(file).keys()]).toEqual([]);
      const [diff] = await config.diff(client);
      expect(diff?.diff).toContain(foreign[0]);
      await config.restore(client, false, false);
      expect(readFileSync(file).equals(bytes)).toBe(true);
    }));

  it('mean the same as before where their user wrote the file meanwhile', () =>
    inHome(async ({ config }, file, foreign) => {
      const [id] = foreign;
      if (id === undefined) return;
      const before = servers(file);
      await config.edit(client, [{ take: id }, { write: entryOf(id) }], false);
      const written = readFileSync(file, 'utf8');
      writeFileSync(file, `${written}\n`);
      await config.restore(client, false, false);
      expect([...servers(file).keys()].toSorted()).toEqual([...before.keys()].toSorted());
      expect(plainJson(servers(file).get(id))).toEqual(plainJson(before.get(id)));
    }));
});

describe('a foreign entry that was taken', () => {
  it('keeps what is no part of its connection, and loses what is', async () => {
    const home = await clientHome();
    const entry = { command: 'npx', args: ['-y', 'x'], env: { TOKEN: 'hunter2' }, disabled: false, alwaysAllow: ['a'] };
    const file = await home.put('cursor', JSON.stringify({ mcpServers: { a: entry } }));
    await home.config.edit('cursor', [{ take: 'a' }, { write: entryOf('a') }], false);
    const written = JSON.parse(readFileSync(file, 'utf8')) as { mcpServers: { a: Record<string, unknown> } };
    expect(written.mcpServers.a).toEqual({ url: entryOf('a').url, type: 'http', disabled: false, alwaysAllow: ['a'] });
    expect(Object.keys(written.mcpServers.a).filter((field) => CONNECTION.includes(field))).toEqual(
      ['url', 'type'].toSorted().toReversed(),
    );
    await home.remove();
  });

  it('is not touched by a dry run, and is not taken twice', async () => {
    const home = await clientHome();
    const text = '{"mcpServers":{"a":{"command":"x"}}}';
    const file = await home.put('cursor', text);
    const [change] = await home.config.edit('cursor', [{ take: 'a' }, { write: entryOf('a') }], true);
    expect(change?.diff).toContain('-{"mcpServers":{"a":{"command":"x"}}}');
    expect(readFileSync(file, 'utf8')).toBe(text);
    for (let n = 0; n < 2; n += 1) await home.config.edit('cursor', [{ take: 'a' }, { write: entryOf('a') }], false);
    await home.config.restore('cursor', false, false);
    expect(readFileSync(file, 'utf8')).toBe(text);
    await home.remove();
  });

  it('is left alone where its user has put another one in its place', async () => {
    const home = await clientHome();
    const file = await home.put('cursor', '{"mcpServers":{"a":{"command":"x"}}}');
    await home.config.edit('cursor', [{ take: 'a' }, { write: entryOf('a') }], false);
    const theirs = '{"mcpServers":{"a":{"command":"y"}}}';
    writeFileSync(file, theirs);
    await home.config.restore('cursor', false, false);
    expect(readFileSync(file, 'utf8')).toBe(theirs);
    await home.remove();
  });
});

const plain = (_name: string, value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);
const plainJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value, plain));
