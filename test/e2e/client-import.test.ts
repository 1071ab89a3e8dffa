import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClientChanges } from '../../src/api/contract/clients.ts';
import type { ImportAnswer } from '../../src/api/contract/imports.ts';
import { connect } from '../support/clients.ts';
import { createHome, type Home } from '../support/home.ts';

const SERVER = fileURLToPath(new URL('../support/servers/life-server.mjs', import.meta.url));
const TOKEN = 'hunter2-of-the-file';

/** Files as their users have them: comments, other entries, odd names. All name the server of these tests, most with a token. */
const FILES = {
  cursor: {
    path: '.cursor/mcp.json',
    text: `{
  // Mine.
  "mcpServers": {
    "My Server 🚀": { "command": "node", "args": ["${SERVER}"], "env": { "API_TOKEN": "${TOKEN}" } }, // odd
    "lives": {
      "command": "node",
      "args": ["${SERVER}"],
      "env": { "API_TOKEN": "${TOKEN}" },
      "alwaysAllow": ["who"]
    },
    "elsewhere": { "url": "https://example.com/mcp" }
  },
  "more": null
}
`,
    imported: { 'My Server 🚀': 'my-server', lives: 'lives' },
    skipped: { elsewhere: 'remote servers cannot be run yet' },
  },
  vscode: {
    path: '.config/Code/User/mcp.json',
    text: `{\r\n\t"inputs": [{ "id": "token", "type": "promptString" }],\r\n\t"servers": {\r\n\t\t"asks": { "type": "stdio", "command": "node", "args": ["${SERVER}"], "env": { "API_TOKEN": "\${input:token}" } },\r\n\t\t"here": { "command": "node", "args": ["\${workspaceFolder}/x.js"] },\r\n\t\t"file": { "command": "node", "envFile": "/e/.env" },\r\n\t\t"plain": { "type": "stdio", "command": "node", "args": ["${SERVER}"] }\r\n\t}\r\n}`,
    imported: { plain: 'plain' },
    skipped: { asks: '--set token=VALUE', here: '--set workspaceFolder=VALUE', file: 'which is not read' },
  },
  'claude-code': {
    path: '.claude.json',
    text: JSON.stringify({
      numStartups: 3,
      mcpServers: { a: { type: 'stdio', command: 'node', args: [SERVER], env: { API_TOKEN: TOKEN } } },
      projects: { '/src/x': { mcpServers: { own: { command: 'node', args: [SERVER] } }, history: [] } },
    }),
    imported: { a: 'a' },
    skipped: { own: 'it belongs to the project /src/x' },
  },
  codex: {
    path: '.codex/config.toml',
    text: `model = "o3" # mine\n\n[mcp_servers.docs]\ncommand = "node"\nargs = ["${SERVER}"] # here\nstartup_timeout_sec = 20\n\n[mcp_servers.docs.env]\nAPI_TOKEN = "${TOKEN}"\n\n[mcp_servers."a.b"]\ncommand = "./relative"\n\n[tui]\nx = 1\n`,
    imported: { docs: 'docs' },
    skipped: { 'a.b': 'relative to a folder' },
  },
} as const;

describe('an import', () => {
  let user: string;
  let home: Home;
  beforeEach(async () => {
    user = mkdtempSync(join(tmpdir(), 'holdfast-user-'));
    home = await createHome({ HOME: user });
  });
  afterEach(async () => {
    await home?.end();
    rmSync(user, { recursive: true, force: true });
  });

  function put(client: keyof typeof FILES, text: string = FILES[client].text): string {
    const file = join(user, FILES[client].path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  }

  const imported = async (...words: string[]): Promise<ImportAnswer> =>
    JSON.parse(await home.ok('client', 'import', ...words, '--format', 'json')) as ImportAnswer;
  const restore = (client: string): Promise<string> => home.ok('client', 'restore', client);

  it.each(Object.keys(FILES) as (keyof typeof FILES)[])(
    'from the file of %s can be looked at, made, and undone to the byte',
    async (client) => {
      const { text, imported: wanted, skipped } = FILES[client];
      const file = put(client);
      const plan = await imported(client, '--dry-run');
      expect(readFileSync(file, 'utf8')).toBe(text);
      expect(await home.ok('ls', '-a', '-q')).toBe('');
      expect(await home.ok('secret', 'list', '--format', 'json')).toBe('[]\n');
      for (const [entry, why] of Object.entries(skipped))
        expect(plan.entries).toContainEqual(expect.objectContaining({ name: entry, state: 'skipped', why: expect.stringContaining(why) }));

      const done = await imported(client, '--yes');
      const made = done.entries.filter(({ state }) => state === 'imported').map(({ name, workload }) => [name, workload]);
      expect(Object.fromEntries(made)).toEqual(wanted);
      expect(done.changes).toEqual(plan.changes);
      for (const said of [plan, done]) expect(JSON.stringify(said)).not.toContain(TOKEN);
      const now = readFileSync(file, 'utf8');
      for (const workload of Object.values(wanted)) {
        const url = new RegExp(`http://127\\.0\\.0\\.1:\\d+/k/[0-9a-f]{32}/${workload}/mcp`).exec(now)?.[0] ?? '';
        const session = await connect('old', url);
        expect(await session.text('who')).not.toBe('');
        await session.close();
      }

      await home.ok('rm', '--all');
      for (const entry of Object.values(wanted)) expect(readFileSync(file, 'utf8')).not.toContain(`/${entry}/mcp`);
      await restore(client);
      expect(readFileSync(file, 'utf8')).toBe(text);
    },
  );

  it('hands the values of variables to the server as secrets, and shows them nowhere', async () => {
    const file = put('cursor');
    await imported('cursor', 'lives', '--yes');
    expect(JSON.parse(await home.ok('secret', 'list', '--format', 'json'))).toEqual([{ name: 'lives-API_TOKEN' }]);
    expect(await home.ok('secret', 'get', 'lives-API_TOKEN')).toBe(`${TOKEN}\n`);
    const inspection = await home.ok('inspect', 'lives');
    expect(inspection).toContain('lives-API_TOKEN');
    const diff = await home.api().json<ClientChanges>({ method: 'GET', path: '/v1/clients/cursor/diff' });
    for (const said of [
      inspection,
      JSON.stringify(diff),
      await home.ok('events', '--format', 'json'),
      await home.ok('logs', 'lives', '-p'),
    ])
      expect(said).not.toContain(TOKEN);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain('"alwaysAllow": ["who"]');
    expect(text).toContain('"My Server 🚀": { "command": "node"');
    expect(await home.ok('rm', 'lives')).toBe(
      'lives is gone; `holdfast client restore cursor` puts the entry "lives" that it was made from back\n',
    );
    expect(readFileSync(file, 'utf8')).not.toContain('lives');
  });

  it('goes with entries that are there already, and is undone by the next daemon', async () => {
    const file = put('cursor');
    await home.ok('run', 'cmd://node', '--name', 'first', '--', SERVER);
    await home.ok('client', 'register', 'cursor');
    const registered = readFileSync(file, 'utf8');
    expect(registered).toContain('/first/mcp');
    await imported('cursor', '--yes');
    expect(readFileSync(file, 'utf8')).toContain('/lives/mcp');
    await home.ok('stop', 'lives');
    // A server that is stopped is not started by its client either.
    expect(readFileSync(file, 'utf8')).not.toContain('"lives"');
    await home.ok('start', 'lives');
    expect(readFileSync(file, 'utf8')).toContain('/lives/mcp');
    await home.ok('daemon', 'restart');
    const said = await restore('cursor');
    expect(said).not.toContain(TOKEN);
    expect(readFileSync(file, 'utf8')).toBe(FILES.cursor.text);
  });

  it('takes values for what the client would fill in', async () => {
    put('vscode');
    const done = await imported('vscode', 'asks', '--set', 'token=given here', '--yes');
    expect(done.entries).toEqual([expect.objectContaining({ name: 'asks', state: 'imported', workload: 'asks' })]);
    expect(await home.ok('secret', 'get', 'asks-API_TOKEN')).toBe('given here\n');
  });

  it('leaves an entry as it is whose server does not start, and nothing of it anywhere', async () => {
    const good = `"good": { "command": "node", "args": ["${SERVER}"] }`;
    const bad = `"bad": { "command": "node", "args": ["-e", "process.exit(3)"], "env": { "API_TOKEN": "${TOKEN}" } }`;
    const none = '"none": { "command": "no-such-program" }';
    const text = `{ "mcpServers": { ${bad}, ${none} } }\n`;
    const file = put('cursor', text);
    const failed = await home.run('client', 'import', 'cursor', '--yes', '--format', 'json');
    expect(failed.code).toBe(1);
    expect((JSON.parse(failed.stdout) as ImportAnswer).entries.map(({ state }) => state)).toEqual(['failed', 'failed']);
    expect(failed.stdout).not.toContain(TOKEN);
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(await home.ok('ls', '-a', '-q')).toBe('');
    expect(await home.ok('secret', 'list', '--format', 'json')).toBe('[]\n');

    const mixed = `{ "mcpServers": { ${bad}, ${good} } }\n`;
    writeFileSync(file, mixed);
    expect((await home.run('client', 'import', 'cursor', '--yes')).code).toBe(1);
    expect(await home.ok('ls', '-q')).toBe('good\n');
    expect(readFileSync(file, 'utf8')).toContain(bad);
    await restore('cursor');
    expect(readFileSync(file, 'utf8')).toBe(mixed);
  });

  it('asks first, and says what is wrong', async () => {
    put('cursor');
    expect(await home.run('client', 'import', 'cursor')).toMatchObject({ code: 2, stderr: expect.stringContaining('Say --yes') });
    expect(await home.run('client', 'import', 'cursr', '--yes')).toMatchObject({ code: 2, stderr: expect.stringContaining('cursor') });
    expect(await home.run('client', 'import', 'cursor', 'nothing', '--yes')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('"lives"'),
    });
    expect(await home.ok('client', 'import', 'claude-code', '--yes')).toContain('There is nothing to import');
    const broken = '{ "mcpServers": { "a": ';
    const file = put('cursor', broken);
    expect((await home.run('client', 'import', 'cursor', '--yes')).stderr).toContain('HF_CLIENT_FILE_SYNTAX');
    expect(readFileSync(file, 'utf8')).toBe(broken);
  });
});
