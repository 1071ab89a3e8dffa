import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ClientHome, clientHome, entryOf } from './client-files.ts';

let made: ClientHome;
beforeEach(async () => {
  made = await clientHome();
});
afterEach(() => made.remove());

const write = (client: string, name = 'files') => made.config.edit(client, [{ write: entryOf(name) }], false);
const remove = (client: string, name = 'files') => made.config.edit(client, [{ remove: name }], false);

describe('a file that cannot be edited', () => {
  it.each([
    ['cursor', '{\n  "mcpServers": {\n    "a": }\n}', 'HF_CLIENT_FILE_SYNTAX', 3, 10],
    ['cursor', '{"mcpServers": []}', 'HF_CLIENT_FILE_SHAPE', 1, 16],
    ['cursor', '[]', 'HF_CLIENT_FILE_SHAPE', 1, 1],
    ['cursor', '{"mcpServers": {"a": 1}, "mcpServers": {}}', 'HF_CLIENT_FILE_SYNTAX', 1, 26],
    ['cursor', '{"mcpServers": {"a": {}, "a": {}}}', 'HF_CLIENT_FILE_SYNTAX', 1, 26],
    ['cursor', '{} {}', 'HF_CLIENT_FILE_SYNTAX', 1, 4],
    ['cursor', "{'mcpServers': {}}", 'HF_CLIENT_FILE_SYNTAX', 1, 2],
    ['claude-code', '{\n  // mine\n}', 'HF_CLIENT_FILE_SYNTAX', 2, 3],
    ['gemini-cli', '{\n  "a": 1,\n}', 'HF_CLIENT_FILE_SYNTAX', 2, 9],
    ['codex', 'a = 1\na = 2\n', 'HF_CLIENT_FILE_SYNTAX', 2, 1],
    ['codex', 'a = 1\n\nmcp_servers = 3\n', 'HF_CLIENT_FILE_SHAPE', 3, 1],
    ['codex', '[[mcp_servers]]\n', 'HF_CLIENT_FILE_SHAPE', 1, 1],
    ['mistral-vibe', '[mcp_servers.a]\n', 'HF_CLIENT_FILE_SHAPE', 1, 1],
    ['goose', 'extensions:\n  - a\n', 'HF_CLIENT_FILE_SHAPE', 2, 3],
    ['goose', 'a: 1\n---\nb: 2\n', 'HF_CLIENT_FILE_SYNTAX', 2, 1],
    ['goose', 'extensions: &all\n  a: {}\n', 'HF_CLIENT_FILE_SYNTAX', 2, 3],
    ['goose', 'base: &b {x: 1}\nextensions:\n  a:\n    <<: *b\n', 'HF_CLIENT_FILE_SYNTAX', 4, 5],
    ['goose', 'a: "x\n', 'HF_CLIENT_FILE_SYNTAX', 2, 1],
    ['goose', 'a: 1\na: 2\n', 'HF_CLIENT_FILE_SYNTAX', 2, 1],
  ])('%s: %j is refused with its position, and not touched', async (client, text, code, line, column) => {
    const file = await made.put(client, text);
    await expect(write(client)).rejects.toMatchObject({ code, data: { file, line, column } });
    expect(readFileSync(file, 'utf8')).toBe(text);
    await expect(made.config.status(client)).resolves.toMatchObject({ files: [{ problem: { code } }] });
    await expect(remove(client)).resolves.toEqual([]);
  });

  it.each([
    ['cursor', `{"a": ${'['.repeat(20_000)}${']'.repeat(20_000)}}`],
    ['codex', `a = ${'['.repeat(20_000)}${']'.repeat(20_000)}\n`],
    ['goose', `a: ${'['.repeat(20_000)}${']'.repeat(20_000)}\n`],
  ])('%s: nesting of 20,000 levels is refused', async (client, text) => {
    await made.put(client, text);
    await expect(write(client)).rejects.toMatchObject({ code: 'HF_CLIENT_FILE_SYNTAX', why: 'it is nested deeper than 200 levels' });
  });

  it('that is not UTF-8 is refused with its line', async () => {
    await made.put('cursor', Buffer.from([0x7b, 0x0a, 0x22, 0xff, 0x22, 0x0a, 0x7d]));
    await expect(write('cursor')).rejects.toMatchObject({ code: 'HF_CLIENT_FILE_SYNTAX', data: { line: 2 } });
  });

  it('that is a folder or a link to nothing is refused', async () => {
    mkdirSync(made.file('cursor'), { recursive: true });
    await expect(write('cursor')).rejects.toMatchObject({ code: 'HF_CLIENT_FILE_ACCESS', why: 'it is a folder' });
    mkdirSync(dirname(made.file('warp')));
    symlinkSync(join(made.home, 'gone.json'), made.file('warp'));
    await expect(write('warp')).rejects.toMatchObject({
      code: 'HF_CLIENT_FILE_ACCESS',
      why: 'it is a link to something that does not exist',
    });
    expect(lstatSync(made.file('warp')).isSymbolicLink()).toBe(true);
  });

  it('does not keep another client from its entry', async () => {
    await made.put('cursor', '{');
    await made.put('warp', '{}');
    const results = await Promise.allSettled(['cursor', 'warp'].map((client) => write(client)));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });

  it('of a client that is not known is named with the nearest', async () => {
    await expect(write('cursr')).rejects.toMatchObject({ code: 'HF_CLIENT_UNKNOWN', fix: expect.stringContaining('cursor') });
    await expect(write('jetbrains-ai')).rejects.toMatchObject({ code: 'HF_CLIENT_FILE_UNKNOWN' });
    await expect(write('claude-desktop')).rejects.toMatchObject({ code: 'HF_CLIENT_FILE_UNKNOWN', why: 'its place on linux is not known' });
  });
});

describe('what is around the text', () => {
  it('an absent file is made private with its folders, and goes again', async () => {
    await write('windsurf');
    const file = made.file('windsurf');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
    await remove('windsurf');
    expect(existsSync(file)).toBe(false);
    expect(made.remembered()).toEqual([]);
  });

  it('a link stays a link, and what it leads to keeps its mode', async () => {
    const real = join(made.home, 'dotfiles', 'cursor.json');
    mkdirSync(dirname(real));
    mkdirSync(dirname(made.file('cursor')));
    writeFileSync(real, '{ "mcpServers": {} }\n');
    chmodSync(real, 0o664);
    symlinkSync('../dotfiles/cursor.json', made.file('cursor'));
    await write('cursor');
    expect(lstatSync(made.file('cursor')).isSymbolicLink()).toBe(true);
    expect(readFileSync(real, 'utf8')).toContain('/files/mcp');
    expect(statSync(real).mode & 0o777).toBe(0o664);
    await remove('cursor');
    expect(readFileSync(real, 'utf8')).toBe('{ "mcpServers": {} }\n');
    expect(readdirSync(dirname(real))).toEqual(['cursor.json']);
  });

  it('the owner stays', async (context) => {
    if (process.getuid?.() !== 0) context.skip('needs root: only root can give files to others');
    const file = await made.put('cursor', '{}\n');
    execFileSync('chown', ['1234:2345', file]);
    await write('cursor');
    expect(statSync(file)).toMatchObject({ uid: 1234, gid: 2345 });
  });

  it('a file that is mounted by itself is written in place', async (context) => {
    if (process.getuid?.() !== 0) context.skip('needs root: only root can mount');
    const file = await made.put('cursor', '{}\n');
    const real = join(made.home, 'mounted.json');
    writeFileSync(real, '{ "a": 1 }\n');
    try {
      execFileSync('mount', ['--bind', real, file], { stdio: 'ignore' });
    } catch {
      context.skip('needs mount: bind mounts are not allowed here');
    }
    try {
      await write('cursor');
      expect(readFileSync(real, 'utf8')).toContain('/files/mcp');
      await remove('cursor');
      expect(readFileSync(real, 'utf8')).toBe('{ "a": 1 }\n');
      expect(readdirSync(dirname(file))).toEqual(['mcp.json']);
    } finally {
      execFileSync('umount', [file]);
    }
  });

  it('a file on a file system that is read-only is refused, and a folder that is, does not matter', async (context) => {
    if (process.getuid?.() !== 0) context.skip('needs root: only root can mount');
    const file = await made.put('cursor', '{ "a": 1 }\n');
    const folder = dirname(file);
    const writable = join(made.home, 'writable.json');
    writeFileSync(writable, '{ "b": 1 }\n');
    try {
      execFileSync('mount', ['--bind', folder, folder], { stdio: 'ignore' });
    } catch {
      context.skip('needs mount: bind mounts are not allowed here');
    }
    try {
      execFileSync('mount', ['-o', 'remount,ro,bind', folder], { stdio: 'pipe' });
      await expect(write('cursor')).rejects.toMatchObject({ code: 'HF_CLIENT_FILE_ACCESS', why: 'the file system is read-only (EROFS)' });
      expect(readFileSync(file, 'utf8')).toBe('{ "a": 1 }\n');
      execFileSync('mount', ['--bind', writable, file], { stdio: 'pipe' });
      await write('cursor');
      expect(readFileSync(writable, 'utf8')).toContain('/files/mcp');
      execFileSync('umount', [file]);
    } finally {
      execFileSync('umount', ['-R', folder]);
    }
  });

  it('a file of 5 MB is edited in time', async () => {
    const servers = Array.from({ length: 21_000 }, (_, index) => `    "s${index}": { "url": "https://example.test/${'x'.repeat(200)}" }`);
    const text = `{\n  "mcpServers": {\n${servers.join(',\n')}\n  }\n}\n`;
    const file = await made.put('cursor', text);
    expect(text.length).toBeGreaterThan(5_000_000);
    await write('cursor');
    expect(readFileSync(file, 'utf8').length).toBeGreaterThan(text.length);
    await remove('cursor');
    expect(readFileSync(file, 'utf8')).toBe(text);
  });
});

describe('a large file', () => {
  it('of YAML with 30,000 keys is edited in time', async () => {
    const text = Array.from({ length: 30_000 }, (_, index) => `k${index}: 1\n`).join('');
    const file = await made.put('goose', text);
    await write('goose');
    expect(readFileSync(file, 'utf8')).toContain('/files/mcp');
    await remove('goose');
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it.each([
    ['goose', '# a comment\n'],
    ['codex', '# a comment\n'],
  ])('%s: of more than 1 MB is refused, and not touched', async (client, line) => {
    const text = line.repeat(100_000);
    const file = await made.put(client, text);
    await expect(write(client)).rejects.toMatchObject({ code: 'HF_CLIENT_FILE_ACCESS', why: 'it is larger than 1 MB', data: { file } });
    await expect(made.config.status(client)).resolves.toMatchObject({ files: [{ problem: { code: 'HF_CLIENT_FILE_ACCESS' } }] });
    await expect(remove(client)).resolves.toEqual([]);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });
});

describe('whose entry it is', () => {
  it('a foreign one of that name is never touched, whatever is in its name', async () => {
    const names = ['files', 'a/b', '~0', '"q"', 'a.b', 'new\nline', '🚀'];
    const text = JSON.stringify({ mcpServers: Object.fromEntries(names.map((name) => [name, { url: 'https://mine.example' }])) });
    const file = await made.put('cursor', text);
    for (const name of names) {
      await expect(write('cursor', name)).rejects.toMatchObject({ code: 'HF_CLIENT_FILE_FOREIGN', data: { name } });
      await expect(remove('cursor', name)).resolves.toEqual([]);
    }
    expect(readFileSync(file, 'utf8')).toBe(text);
    const [shown] = (await made.config.status('cursor')).files;
    expect(shown?.entries).toEqual(Object.fromEntries(names.map((name) => [name, 'foreign'])));
  });

  it('of two Holdfast homes neither touches what is the other one’s', async () => {
    await write('cursor');
    const other = made.other();
    await expect(other.edit('cursor', [{ write: entryOf('files', 'aa'.repeat(16)) }], false)).rejects.toMatchObject({
      code: 'HF_CLIENT_FILE_FOREIGN',
    });
    await other.edit('cursor', [{ write: entryOf('second') }, { remove: 'files' }], false);
    await remove('cursor');
    expect(Object.keys(JSON.parse(readFileSync(made.file('cursor'), 'utf8')).mcpServers)).toEqual(['second']);
    await other.edit('cursor', [{ remove: 'second' }], false);
    expect(JSON.parse(readFileSync(made.file('cursor'), 'utf8'))).toEqual({ mcpServers: {} });
  });

  it('what the user added to it stays through every rewrite', async () => {
    const file = await made.put('cursor', '{}');
    await write('cursor');
    writeFileSync(file, readFileSync(file, 'utf8').replace('{"url"', '{ /* mine */ "disabled": true, "headers": { "X": "1" }, "url"'));
    await made.config.edit('cursor', [{ write: entryOf('files', 'bb'.repeat(16)) }], false);
    expect(readFileSync(file, 'utf8')).toContain(
      '{ /* mine */ "disabled": true, "headers": { "X": "1" }, "url":"http://127.0.0.1:7420/k/bbbb',
    );
  });

  it('one that its user made their own under our name is left alone', async () => {
    const file = await made.put('cursor', '{}');
    await write('cursor');
    const theirs = JSON.stringify({ mcpServers: { files: { url: 'https://mine.example', type: 'http' } } });
    writeFileSync(file, theirs);
    await expect(made.config.status('cursor')).resolves.toMatchObject({ files: [{ entries: { files: 'changed' } }] });
    await remove('cursor');
    expect(readFileSync(file, 'utf8')).toBe(theirs);
    await expect(made.config.status('cursor')).resolves.toMatchObject({ files: [{ entries: { files: 'foreign' } }] });
  });

  it('an older place is kept right as well, and alone while the new one is not there', async () => {
    const legacy = join(made.home, '.kimi', 'mcp.json');
    mkdirSync(dirname(legacy));
    writeFileSync(legacy, '{"mcpServers":{}}');
    await write('kimi-cli');
    expect(existsSync(made.file('kimi-cli'))).toBe(false);
    await made.put('kimi-cli', '{}');
    await write('kimi-cli');
    expect(readFileSync(made.file('kimi-cli'), 'utf8')).toContain('/files/mcp');
    await remove('kimi-cli');
    expect([readFileSync(legacy, 'utf8'), readFileSync(made.file('kimi-cli'), 'utf8')]).toEqual(['{"mcpServers":{}}', '{}']);
  });

  it('a name that a merged file has already is refused', async () => {
    const main = await made.put('opencode', '{}');
    writeFileSync(main.replace(/json$/, 'jsonc'), '{ "mcp": { "files": { "type": "remote", "url": "x" } } }');
    await expect(write('opencode')).rejects.toMatchObject({ code: 'HF_CLIENT_FILE_FOREIGN' });
  });
});

describe('undoing everything', () => {
  it('gives back the old bytes where nobody else changed the file, else entry by entry, with force always', async () => {
    const base = '{ "mcpServers": { } } // base';
    const file = await made.put('cursor', base);
    await write('cursor');
    const [shown] = await made.config.diff('cursor');
    expect(shown?.diff).toContain('+{ "mcpServers": { "files":');
    await made.config.restore('cursor', false, false);
    expect(readFileSync(file, 'utf8')).toBe(base);

    await write('cursor');
    writeFileSync(file, `${readFileSync(file, 'utf8')} and more`);
    await made.config.restore('cursor', false, false);
    expect(readFileSync(file, 'utf8').replaceAll(' ', '')).toBe('{"mcpServers":{}}//baseandmore');

    await write('cursor');
    writeFileSync(file, `${readFileSync(file, 'utf8')} again`);
    const kept = readFileSync(file, 'utf8').replace(' again', '');
    await made.config.restore('cursor', true, false);
    expect(readFileSync(file, 'utf8').length).toBeLessThan(kept.length);
    expect(made.remembered()).toEqual([]);
  });
});
