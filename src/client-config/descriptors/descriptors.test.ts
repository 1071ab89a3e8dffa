import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { entryFields } from '../entry/entry-fields.ts';
import { descriptors } from './descriptors.ts';
import { findDescriptor } from './find-descriptor.ts';

const SHARED = ['descriptor.ts', 'descriptors.ts', 'fills.ts', 'find-descriptor.ts', 'location.ts', 'places.ts'];
const entry = {
  name: 'files',
  url: 'http://127.0.0.1:7420/k/00/files/mcp',
  bridge: { command: '/usr/bin/node', args: ['/opt/holdfast.js', 'proxy', 'stdio', 'files'] },
};

describe('descriptors', () => {
  it('are one file a client, sorted, each under its own id', () => {
    const files = readdirSync(import.meta.dirname)
      .filter((file) => !file.endsWith('.test.ts') && !SHARED.includes(file))
      .map((file) => file.slice(0, -3));
    expect(descriptors.map(({ id }) => id)).toEqual(files.toSorted());
    expect(new Set(descriptors.map(({ name }) => name)).size).toBe(descriptors.length);
    expect(descriptors.length).toBe(34);
  });

  describe.each(descriptors)('$id', (descriptor) => {
    const { support, files, legacyFiles, format, container, entries, reactions, remarks, key } = descriptor;
    const locations = [files, legacyFiles ?? files].flatMap((all) => Object.entries(all));

    it('has files exactly where it can be edited', () => {
      expect(Object.values(files).every((file) => file === null)).toBe(support === 'no-file');
      expect(entries.stdio === null).toBe(support === 'no-file');
    });

    it('has relative paths with slashes, below folders that its system has', () => {
      for (const [system, location] of locations) {
        if (location === null) continue;
        expect(location.path).toMatch(/^[^/\\~%][^\\~%]*\.(json|jsonc|toml|yaml)$/);
        const elsewhere = system === 'win32' ? ['library'] : system === 'darwin' ? ['roaming', 'local'] : ['library', 'roaming', 'local'];
        expect(elsewhere).not.toContain(location.base);
        for (const { variable, path } of location.moved ?? []) {
          expect(variable).toMatch(/^[A-Z][A-Z_]+$/);
          expect(path ?? 'the file itself').not.toMatch(/^[/\\]/);
        }
      }
    });

    it('has a format that fits its file, and a list only where the format has one', () => {
      const location = Object.values(files).find((file) => file !== null);
      const ending = location?.path.split('.').at(-1) ?? 'json';
      expect({ json: ['json', 'jsonc'], jsonc: ['jsonc'], toml: ['toml'], yaml: ['yaml'] }[ending]).toContain(format);
      expect(container === 'map' || format === 'toml' || format === 'yaml').toBe(true);
      expect(key).not.toBe('');
    });

    it('has entries that lead to the workload, by its URL or by the bridge', () => {
      if (support === 'no-file') return;
      for (const transport of ['streamable-http', 'sse'] as const) {
        const fields = entryFields(descriptor, { ...entry, transport });
        const text = JSON.stringify(fields?.owned);
        expect(text).toContain(entries[transport] === null ? '/opt/holdfast.js' : entry.url);
        expect(text).not.toContain('fill');
        if (container === 'list') expect(fields?.owned['name']).toBe('files');
        expect(Object.keys(fields?.initial ?? {}).filter((field) => field in (fields?.owned ?? {}))).toEqual([]);
      }
    });

    it('says when it notices a change only where it does, and where what is known comes from', () => {
      expect(reactions.noticesWithinMs === undefined || reactions.watchesFile === true).toBe(true);
      expect(remarks).toMatch(/\.$/);
    });
  });

  it('are found by their id; a wrong one is named with the nearest', () => {
    expect(findDescriptor('codex').name).toBe('OpenAI Codex');
    expect(() => findDescriptor('vs-code')).toThrow(
      expect.objectContaining({ code: 'HF_CLIENT_UNKNOWN', fix: expect.stringContaining('vscode') }),
    );
    expect(() => findDescriptor('emacs-with-a-long-name')).toThrow(
      expect.objectContaining({ fix: expect.not.stringContaining('Did you mean') }),
    );
  });
});
