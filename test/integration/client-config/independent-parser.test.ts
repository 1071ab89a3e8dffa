import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findDescriptor } from '../../../src/client-config/descriptors/find-descriptor.ts';
import { putEntry, readServers, takeEntry } from '../../../src/client-config/editors/edit-entry.ts';
import { jsonEditor } from '../../../src/client-config/editors/json/editor.ts';
import { tomlEditor } from '../../../src/client-config/editors/toml/editor.ts';
import { yamlEditor } from '../../../src/client-config/editors/yaml/editor.ts';
import { jsonDocuments } from '../../support/client-documents/json.ts';
import { lenientParser, targetFor } from '../../support/client-documents/target.ts';
import { tomlLists, tomlMaps } from '../../support/client-documents/toml.ts';
import { yamlLists, yamlMaps } from '../../support/client-documents/yaml.ts';
import { handMadeFiles } from './client-files.ts';
import { type Answer, type PythonReader, pythonReader } from './python-reader.ts';

const RUNS = 50;

let python: PythonReader;
beforeAll(() => {
  python = pythonReader();
});
afterAll(() => python.close());

/** JSON with comments means to Python what it means without them. */
const withoutComments = (text: string): string =>
  text.replaceAll(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[^]*?\*\//g, (_all, quoted?: string) => quoted ?? '');
const strictJson = (text: string): string =>
  withoutComments(text).replaceAll(/("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g, (_all, quoted?: string) => quoted ?? '');

const put = (name: string) => ({
  owned: { name, type: 'http', url: 'http://127.0.0.1:1/k/0/files/mcp' },
  initial: { enabled: true },
  drop: [],
});
const name = fc.constantFrom('files', 'a b', '"', 'x.y', '\\', 'yes', '🚀');

const formats = [
  {
    format: 'json',
    editor: jsonEditor,
    target: targetFor('mcpServers', 'map', lenientParser),
    documents: jsonDocuments,
    prepared: strictJson,
  },
  { format: 'toml', editor: tomlEditor, target: targetFor('mcp_servers', 'map', lenientParser), documents: tomlMaps, prepared: plain },
  { format: 'toml', editor: tomlEditor, target: targetFor('mcp_servers', 'list', lenientParser), documents: tomlLists, prepared: plain },
  { format: 'yaml', editor: yamlEditor, target: targetFor('extensions', 'map', lenientParser), documents: yamlMaps, prepared: plain },
  { format: 'yaml', editor: yamlEditor, target: targetFor('mcpServers', 'list', lenientParser), documents: yamlLists, prepared: plain },
] as const;

function plain(text: string): string {
  return text;
}

describe.each(formats)('Python reads $format ($target.container) after an edit', ({ format, editor, target, documents, prepared }) => {
  const read = (text: string): Promise<Answer> => python.read(format, prepared(text));

  it('and finds our entry, and everything else as before', async (context) => {
    const known = await python.read(format, format === 'json' ? '{}' : format === 'toml' ? 'a = 1' : 'a: 1');
    // Debian's python3 brings no YAML; json and tomllib are always there.
    if ('error' in known && format === 'yaml') context.skip('needs PyYAML: python3 cannot import yaml');
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(documents, name, async (text, id) => {
        const before = await read(text);
        // A document that Python does not take (YAML 1.1 is pickier) shows nothing.
        if ('error' in before || readServers(editor, text, target).servers?.has(id)) return;
        const written = putEntry(editor, text, target, id, put(id));
        const entry = { ...put(id).initial, ...put(id).owned };
        const root = (before.value ?? {}) as Record<string, unknown>;
        const servers = root[target.key] ?? (target.container === 'map' ? {} : []);
        const meant = Array.isArray(servers) ? [...servers, entry] : withKey(servers as Record<string, unknown>, id, entry);
        expect(sorted(await read(written), target.key)).toEqual(sorted({ value: withKey(root, target.key, meant) }, target.key));
        expect(emptied(await read(takeEntry(editor, written, target, id, 'filled')), target.key)).toEqual(emptied(before, target.key));
        compared += 1;
      }),
      { numRuns: RUNS },
    );
    expect(compared).toBeGreaterThan(RUNS / 4);
  });
});

describe('hand-made files', () => {
  it.for(handMadeFiles().filter(({ bytes }) => bytes.length > 0))(
    '$client: $name means to Python what it means here',
    async ({ client, bytes }, context) => {
      const descriptor = findDescriptor(client);
      const text = bytes.toString('utf8').replace(/^\ufeff/, '');
      const format = descriptor.format === 'jsonc' ? 'json' : descriptor.format;
      const answer = await python.read(format, format === 'json' ? strictJson(text) : text);
      if (format === 'yaml' && 'error' in answer && answer.error.includes('Module'))
        context.skip('needs PyYAML: python3 cannot import yaml');
      // A file of nothing but comments is no document for Python's json.
      if (format === 'json' && strictJson(text).trim() === '') return;
      const editor = { json: jsonEditor, toml: tomlEditor, yaml: yamlEditor }[format];
      const { meaning } = editor.read(text, targetFor(descriptor.key, descriptor.container, lenientParser));
      expect(answer).toEqual({ value: numbers(meaning ?? (format === 'toml' ? {} : null)) });
    },
  );
});

function withKey(fields: Record<string, unknown>, key: string, value: unknown): Record<string, unknown> {
  return Object.fromEntries([...Object.entries(fields).filter(([other]) => other !== key), [key, value]]);
}

/** Which place a server has in a list does not matter. */
function sorted(answer: Answer, key: string): unknown {
  if ('error' in answer) return answer;
  const root = answer.value as Record<string, unknown>;
  const list = root[key];
  if (!Array.isArray(list)) return root;
  const named = (list as { readonly name?: unknown }[]).map((item) => ({ item, name: JSON.stringify(item.name ?? null) }));
  return withKey(
    root,
    key,
    named.toSorted((x, y) => (x.name < y.name ? -1 : 1)).map(({ item }) => item),
  );
}

/** No list of servers, an empty one and null are the same. */
function emptied(answer: Answer, key: string): unknown {
  if ('error' in answer) return answer;
  const root = (answer.value ?? {}) as Record<string, unknown>;
  const servers = root[key];
  const empty = servers === null || servers === undefined || Object.keys(servers).length === 0;
  return empty ? Object.fromEntries(Object.entries(root).filter(([other]) => other !== key)) : root;
}

/** Integers and fractions as Python's answers have them after a trip through JSON. */
function numbers(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, item: unknown) => {
      if (typeof item === 'bigint') return Number(item);
      return typeof item === 'number' && !Number.isSafeInteger(item) && !Number.isInteger(item) ? String(item) : item;
    }),
  );
}
