import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonDocuments } from '../../../test/support/client-documents/json.ts';
import { lenientParser, targetFor } from '../../../test/support/client-documents/target.ts';
import { tomlLists, tomlMaps } from '../../../test/support/client-documents/toml.ts';
import { yamlLists, yamlMaps } from '../../../test/support/client-documents/yaml.ts';
import { keyNow, putEntry, readServers, takeEntry } from './edit-entry.ts';
import { jsonEditor } from './json/editor.ts';
import { tomlEditor } from './toml/editor.ts';
import { yamlEditor } from './yaml/editor.ts';

const RUNS = 30;
const URL = 'http://127.0.0.1:7420/k/00ff/files/mcp';
const OTHER = 'http://localhost:1/x';

const formats = [
  { format: 'JSON', editor: jsonEditor, target: targetFor('mcpServers', 'map', lenientParser), documents: jsonDocuments },
  { format: 'TOML with tables', editor: tomlEditor, target: targetFor('mcp_servers', 'map', lenientParser), documents: tomlMaps },
  { format: 'TOML with a list', editor: tomlEditor, target: targetFor('mcp_servers', 'list', lenientParser), documents: tomlLists },
  { format: 'YAML with a map', editor: yamlEditor, target: targetFor('extensions', 'map', lenientParser), documents: yamlMaps },
  { format: 'YAML with a list', editor: yamlEditor, target: targetFor('mcpServers', 'list', lenientParser), documents: yamlLists },
] as const;

describe.each(formats)('editing random $format', ({ editor, target, documents }) => {
  const entry = (name: string, url: string) => ({
    owned: { name, type: 'http', url },
    initial: { enabled: true, args: ['a', ''] },
    drop: [],
  });
  const name = fc.constantFrom('files', 'a b', '"', 'x.y', '\\', 'yes', '🚀');

  it('adds nothing but the entry, and takes exactly that away again', () => {
    fc.assert(
      fc.property(documents, name, (text, id) => {
        if (readServers(editor, text, target).servers?.has(id)) return;
        const before = keyNow(editor, text, target);
        const put = entry(id, URL);
        const written = putEntry(editor, text, target, id, put);
        expect(readServers(editor, written, target).servers?.get(id)).toEqual({ ...put.initial, ...put.owned });
        const taken = takeEntry(editor, written, target, id, before);
        if (before === 'filled') {
          expect(isSubsequence(text, written)).toBe(true);
          expect(taken).toBe(text);
          return;
        }
        // Between empty brackets the white space is replaced, and a null that is written out becomes an empty collection.
        const empty = text.replace(/(?<=extensions: |mcpServers: )(?:~|null)/, target.container === 'map' ? '{}' : '[]');
        expect(withoutBlanks(taken)).toBe(withoutBlanks(empty));
      }),
      { numRuns: RUNS },
    );
  });

  it('changes only the value of a field that it owns, and adds and drops fields', () => {
    fc.assert(
      fc.property(documents, (text) => {
        const written = putEntry(editor, text, target, 'files', entry('files', URL));
        const moved = putEntry(editor, written, target, 'files', entry('files', OTHER));
        expect(moved).toBe(written.replace(URL, OTHER));
        expect(putEntry(editor, moved, target, 'files', entry('files', OTHER))).toBe(moved);
        const more = { owned: { name: 'files', type: 'http', url: OTHER, cmd: 'c' }, initial: {}, drop: [] };
        const added = putEntry(editor, moved, target, 'files', more);
        const dropped = putEntry(editor, added, target, 'files', { ...entry('files', OTHER), drop: ['cmd'] });
        expect(dropped).toBe(moved);
      }),
      { numRuns: RUNS },
    );
  });

  it('refuses a torn text with its position, or edits what is still a document', () => {
    fc.assert(
      fc.property(documents, fc.nat(), (text, cut) => {
        const torn = text.slice(0, cut % Math.max(1, text.length));
        const result = attempt(() => putEntry(editor, torn, target, 'files', entry('files', URL)));
        if (typeof result === 'string') expect(readServers(editor, result, target).servers?.get('files')).toMatchObject({ url: URL });
        else expect(result).toMatchObject({ code: expect.stringMatching(/^HF_CLIENT_FILE_(SYNTAX|SHAPE)$/) });
      }),
      { numRuns: RUNS },
    );
  });
});

function attempt(run: () => string): unknown {
  try {
    return run();
  } catch (thrown) {
    return thrown;
  }
}

function withoutBlanks(text: string): string {
  return text.replace(/\s+/g, '');
}

function isSubsequence(part: string, whole: string): boolean {
  let at = 0;
  for (let index = 0; index < whole.length && at < part.length; index += 1) if (whole[index] === part[at]) at += 1;
  return at === part.length;
}
