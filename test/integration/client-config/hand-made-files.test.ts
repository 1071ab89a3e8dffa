import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { descriptors } from '../../../src/client-config/descriptors/descriptors.ts';
import { findDescriptor } from '../../../src/client-config/descriptors/find-descriptor.ts';
import { readServers } from '../../../src/client-config/editors/edit-entry.ts';
import { editorOf, targetOf } from '../../../src/client-config/editors/editor-of.ts';
import { type ClientHome, clientHome, entryOf, handMadeFiles } from './client-files.ts';

const files = handMadeFiles();

/** The base of these is fatal to their client, so the smallest document that it accepts is left instead. */
const MENDED: Readonly<Record<string, string>> = { 'copilot-cli/bare.json': '{"mcpServers":{}}' };

describe('hand-made files', () => {
  it('are there for every client that has a file', () => {
    const without = descriptors.filter(({ id, support }) => support !== 'no-file' && !files.some(({ client }) => client === id));
    expect(without.map(({ id }) => id)).toEqual([]);
  });
});

describe.each(files)('$client: $name', ({ client, name, bytes }) => {
  const descriptor = findDescriptor(client);
  const platform = descriptor.files.linux === null ? 'darwin' : 'linux';
  const mended = MENDED[`${client}/${name}`];

  const servers = (file: string): Map<string, unknown> => {
    const text = readFileSync(file, 'utf8').replace(/^\ufeff/, '');
    return readServers(editorOf(descriptor), text, targetOf(descriptor, file)).servers ?? new Map<string, unknown>();
  };

  const inHome = async (run: (home: ClientHome, file: string) => Promise<void>): Promise<void> => {
    const home = await clientHome(platform);
    try {
      const file = await home.put(client, bytes);
      chmodSync(file, 0o640);
      await run(home, file);
    } finally {
      await home.remove();
    }
  };

  it('takes an entry in, changes it and gives the old bytes back', () =>
    inHome(async ({ config }, file) => {
      const others = servers(file);
      await config.edit(client, [{ write: entryOf('holdfast-a') }, { write: entryOf('holdfast-b') }], false);
      const first = readFileSync(file, 'utf8');
      expect(isSubsequence(bytes.toString('utf8').replaceAll(/\{\s*\}|null/g, ''), first)).toBe(true);
      expect([...servers(file).keys()].filter((id) => id.startsWith('holdfast-'))).toEqual(['holdfast-a', 'holdfast-b']);
      for (const [id, value] of others) expect(servers(file).get(id)).toEqual(value);
      expectAccepted(first);

      // Clients that get the bridge have nothing in their entry that a new key would change.
      const [change] = await config.edit(client, [{ write: entryOf('holdfast-a', 'ee'.repeat(16)) }], false);
      expect(change === undefined).toBe(descriptor.entries['streamable-http'] === null);
      expect(readFileSync(file, 'utf8')).toBe(change === undefined ? first : first.replace('0f'.repeat(16), 'ee'.repeat(16)));

      await config.edit(client, [{ remove: 'holdfast-a' }], false);
      expectAccepted(readFileSync(file, 'utf8'));
      await config.edit(client, [{ remove: 'holdfast-b' }], false);
      expect(readFileSync(file, 'utf8')).toBe(mended ?? bytes.toString('utf8'));
      if (mended === undefined) expect(readFileSync(file).equals(bytes)).toBe(true);
      expect(statSync(file).mode & 0o777).toBe(0o640);
    }));

  it('keeps what its user changed meanwhile, and takes out only its own', () =>
    inHome(async ({ config }, file) => {
      await config.edit(client, [{ write: entryOf('holdfast-a') }], false);
      const blank = descriptor.format === 'toml' || descriptor.format === 'yaml' ? '\n# mine\n' : '\n\n\n';
      writeFileSync(file, readFileSync(file, 'utf8') + blank);
      await config.edit(client, [{ write: entryOf('holdfast-b') }], false);
      await config.edit(client, [{ remove: 'holdfast-a' }, { remove: 'holdfast-b' }], false);
      const left = readFileSync(file, 'utf8');
      expect(left.endsWith(blank)).toBe(true);
      expect(servers(file).size).toBe(handMadeServers());
      expect(bare(left)).toBe(bare(bytes.toString('utf8') + blank));
      await expect(config.status(client)).resolves.toMatchObject({ installed: true });
    }));

  it('shows the same change before it makes it', () =>
    inHome(async ({ config, ledger }, file) => {
      const planned = await config.edit(client, [{ write: entryOf('holdfast-a') }], true);
      expect(readFileSync(file).equals(bytes)).toBe(true);
      expect(existsSync(ledger)).toBe(false);
      expect(await config.edit(client, [{ write: entryOf('holdfast-a') }], false)).toEqual(planned);
      expect(planned[0]?.diff).toMatch(/^--- .*\n\+\+\+ .*\n@@ /);
    }));

  function handMadeServers(): number {
    const text = bytes.toString('utf8').replace(/^\ufeff/, '');
    return readServers(editorOf(descriptor), text, targetOf(descriptor, name)).servers?.size ?? 0;
  }

  /** By what is known about the client's parser. */
  function expectAccepted(text: string): void {
    const { parser, format } = descriptor;
    if (format === 'toml' || format === 'yaml') return;
    const refuses = (what: string): boolean => what === 'fatal' || what === 'ignored';
    if (refuses(parser.comments)) expect(() => JSON.parse(text)).not.toThrow();
    if (refuses(parser.trailingComma)) expect(() => JSON.parse(withoutComments(text))).not.toThrow();
  }
});

/** Without white space, and without servers' keys that hold nothing. */
function bare(text: string): string {
  const shorter = text.replaceAll(/\s|null|\{\}|\[\]|"mcpServers":/g, '');
  return shorter === text ? text : bare(shorter);
}

function withoutComments(text: string): string {
  return text.replaceAll(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[^]*?\*\//g, '$1');
}

function isSubsequence(part: string, whole: string): boolean {
  let at = 0;
  for (let index = 0; index < whole.length && at < part.length; index += 1) if (whole[index] === part[at]) at += 1;
  return at === part.length;
}
