import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connect, connectStdio, failure } from '../support/clients.ts';
import { Fixture } from '../support/fixture.ts';
import { createHome, type Home } from '../support/home.ts';
import { RawPipe } from '../support/raw-pipe.ts';

let home: Home;
/** Home folder of the user whose clients these are. */
let user: string;

beforeEach(async () => {
  user = mkdtempSync(join(tmpdir(), 'holdfast-user-'));
  home = await createHome({ HOME: user });
});

afterEach(async () => {
  await home?.end();
  rmSync(user, { recursive: true, force: true });
});

const CURSOR = '.cursor/mcp.json';
const GEMINI = '.gemini/settings.json';
const USERS =
  '\uFEFF{\r\n\t// mine: don\'t touch {\r\n\t"mcpServers": {\r\n\t\t"own": { "command": "x", /* "old": */ "args": [] }\r\n\t}\r\n}';

const put = (file: string, text: string): void => {
  mkdirSync(dirname(join(user, file)), { recursive: true });
  writeFileSync(join(user, file), text);
};
const bytes = (file: string): string => readFileSync(join(user, file), 'latin1');
const latin = (text: string): string => Buffer.from(text).toString('latin1');
const json = async (...args: string[]): Promise<unknown> => JSON.parse(await home.ok(...args, '--format', 'json')) as unknown;

describe('holdfast client', () => {
  it('shows all clients in an empty home, none of them registered, and writes nothing', async () => {
    const clients = (await json('client', 'status')) as Record<string, unknown>[];
    expect(clients.length).toBeGreaterThan(30);
    expect(clients.filter(({ installed, registered }) => installed === true || registered === true)).toEqual([]);
    expect(clients.find(({ client_type: client }) => client === 'cursor')).toMatchObject({ installed: false, registered: false });
    expect(await home.ok('client', 'status')).toMatch(/^CLIENT +INSTALLED +REGISTERED +ENTRIES +FILE\n/);
    expect(await json('client', 'list-registered')).toEqual([]);
    expect(await home.ok('client', 'list-registered')).toContain('No client is registered');
    expect(await json('client', 'remove', '--all')).toEqual([]);
    expect(existsSync(join(user, CURSOR))).toBe(false);
  });

  it('registers, writes what runs, and leaves the file to the byte when it is gone', async () => {
    put(CURSOR, USERS);
    const dry = await home.run('client', 'register', 'cursor', '--dry-run');
    expect(dry.stderr).toContain('Nothing was written');
    expect(await home.ok('client', 'register', 'cursor')).toContain(`cursor is registered: no file had to change`);
    const server = await Fixture.run(home, 'shown');
    const url = (await home.ok('url', server.name, '--client', 'cursor')).trim();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/k\/[0-9a-f]{32}\/shown\/mcp$/);
    expect(bytes(CURSOR)).toContain(url);
    const client = await connect('new', url);
    expect(await client.text('unsafe', { tag: 'keyed' })).toBe('unsafe keyed');
    await client.close();
    await server.remove();
    expect(bytes(CURSOR)).toBe(latin(USERS));
    await home.ok('client', 'remove', 'cursor');
    expect(bytes(CURSOR)).toBe(latin(USERS));
  });

  it('shows, compares and undoes, and a key is shown by `url --client` only', async () => {
    put(CURSOR, USERS);
    const server = await Fixture.run(home, 'shown');
    const dry = await home.ok('client', 'register', 'cursor', '--dry-run');
    expect(bytes(CURSOR)).toBe(latin(USERS));
    await home.ok('client', 'register', 'cursor');
    const written = bytes(CURSOR);
    expect(await home.ok('client', 'diff', 'cursor')).toBe(dry);
    expect(dry).toContain('/k/••••/shown/mcp');

    const key = /\/k\/([0-9a-f]{32})\//.exec(written)?.[1] ?? 'no key';
    const listings = [
      ['client', 'status'],
      ['client', 'status', 'cursor'],
      ['client', 'list-registered'],
      ['client', 'diff', 'cursor'],
      ['client', 'restore', 'cursor', '--dry-run'],
      ['client', 'remove', '--all', '--dry-run'],
      ['ls', '-a'],
      ['inspect', server.name],
      ['events'],
    ];
    for (const args of listings) {
      const told = await Promise.all([home.run(...args), home.run(...args, '--format', 'json')]);
      expect(told.map(({ code }) => code)).toEqual([0, 0]);
      expect(JSON.stringify(told)).not.toContain(key);
    }
    expect(bytes(CURSOR)).toBe(written);
    expect(await json('client', 'status', 'cursor')).toMatchObject([
      {
        client_type: 'cursor',
        installed: true,
        registered: true,
        files: [{ exists: true, entries: [{ name: 'shown', state: 'written' }] }],
      },
    ]);
    expect(await json('client', 'list-registered')).toMatchObject([{ client_type: 'cursor', groups: null }]);

    expect(await home.ok('client', 'restore', 'cursor')).toContain('cursor is as it was');
    expect(bytes(CURSOR)).toBe(latin(USERS));
    expect(await json('client', 'list-registered')).toEqual([]);
    expect(await json('client', 'diff', 'cursor')).toEqual([]);
    await server.remove();
  });

  it('takes everything out with remove --all, and what it made itself is gone', async () => {
    put(CURSOR, USERS);
    const server = await Fixture.run(home, 'shown');
    await home.ok('client', 'register', 'cursor', 'zed', '--force');
    expect(existsSync(join(user, '.config/zed/settings.json'))).toBe(true);
    const removed = (await json('client', 'remove', '--all')) as Record<string, unknown>[];
    expect(removed.map(({ client_type: client, problem }) => [client, problem])).toEqual([
      ['cursor', null],
      ['zed', null],
    ]);
    expect(bytes(CURSOR)).toBe(latin(USERS));
    expect(existsSync(join(user, '.config/zed/settings.json'))).toBe(false);
    await server.remove();
  });

  it('shows where a file is broken, leaves it alone, and goes on with the others', async () => {
    const broken = '{\n  "mcpServers": {\n    oops\n';
    put(CURSOR, USERS);
    put(GEMINI, broken);
    const server = await Fixture.run(home, 'shown');
    const { code, stdout, stderr } = await home.run('client', 'register', 'gemini-cli', 'cursor');
    expect(code).toBe(1);
    expect(stdout).toContain('cursor is registered');
    expect(stderr).toMatch(/gemini-cli: .*settings\.json, line 3, column 5/);
    expect(stderr).toContain('code: HF_CLIENT_FILE_SYNTAX');
    expect(bytes(GEMINI)).toBe(broken);
    expect(bytes(CURSOR)).toContain('/shown/mcp');
    expect((await home.run('client', 'status')).stderr).toContain('line 3, column 5');
    expect(await json('client', 'status', 'gemini-cli')).toMatchObject([{ files: [{ problem: { code: 'HF_CLIENT_FILE_SYNTAX' } }] }]);
    await server.remove();
    expect(bytes(CURSOR)).toBe(latin(USERS));
  });

  it('keeps to groups, and takes single ones out', async () => {
    put(CURSOR, USERS);
    const [office, play] = await Promise.all(['office', 'play'].map((name) => Fixture.run(home, name, { flags: ['--group', name] })));
    await home.ok('client', 'register', 'cursor', '--group', 'office,play', '--client-refresh', 'never');
    expect(await json('client', 'list-registered')).toMatchObject([{ groups: ['office', 'play'], client_refresh: 'never' }]);
    expect(bytes(CURSOR)).toContain('/play/mcp');
    const key = await home.ok('url', 'play', '--client', 'cursor');
    await (await connect('new', key.trim())).close();
    await home.ok('client', 'remove', 'cursor', '--group', 'play');
    expect(bytes(CURSOR)).not.toContain('/play/mcp');
    // Its key opens nothing of other groups, wherever somebody has kept it.
    await expect(connect('new', key.trim())).rejects.toThrow(/Nothing is served/);
    expect(await home.run('url', 'play', '--client', 'cursor')).toMatchObject({ code: 1, stderr: expect.stringContaining('groups') });
    expect(bytes(CURSOR)).toContain('/office/mcp');
    await home.ok('client', 'remove', '--all', '--group', 'office');
    expect(bytes(CURSOR)).toBe(latin(USERS));
    expect(await json('client', 'list-registered')).toEqual([]);
    await home.ok('client', 'register', 'cursor');
    expect(await home.run('client', 'remove', 'cursor', '--group', 'office')).toMatchObject({ code: 2 });
    await Promise.all([office?.remove(), play?.remove()]);
  });

  it('keeps the mode of a file that was there', async () => {
    put(CURSOR, USERS);
    const { mode } = statSync(join(user, CURSOR));
    const server = await Fixture.run(home, 'shown');
    await home.ok('client', 'register', 'cursor');
    expect(statSync(join(user, CURSOR)).mode).toBe(mode);
    await server.remove();
  });
});

describe('a client that only starts programs', () => {
  it('gets one that works without a PATH and finds this home, until its key is revoked', async () => {
    const server = await Fixture.run(home, 'bridged');
    await home.ok('client', 'register', 'junie', '--force');
    const file = join(user, '.junie/mcp/mcp.json');
    const { mcpServers } = JSON.parse(readFileSync(file, 'utf8')) as { mcpServers: Record<string, { command: string; args: string[] }> };
    const { command, args } = mcpServers['bridged'] ?? { command: '', args: [] };
    const program = { command, args, env: {}, cwd: '/' };
    const client = await connectStdio('old', program);
    expect(await client.text('unsafe', { tag: 'bridged' })).toBe('unsafe bridged');

    await home.ok('client', 'remove', 'junie');
    expect(existsSync(file)).toBe(false);
    expect(await failure(client.call('unsafe', { tag: 'revoked' }))).toMatchObject({ code: -31_010 });
    await client.close();
    const late = new RawPipe(program);
    expect(await late.ended()).toBe(1);
    expect(late.stderr).toContain('HF_CLIENT_NOT_REGISTERED');
    expect(server.executions('unsafe', 'revoked')).toBe(0);
    await server.remove();
  });

  it('may be told its key', async () => {
    const server = await Fixture.run(home, 'keyed');
    await home.ok('client', 'register', 'junie', '--force');
    const key = /\/k\/([0-9a-f]{32})\//.exec(await home.ok('url', server.name, '--client', 'junie'))?.[1] ?? '';
    const client = await connectStdio('new', home.program('proxy', 'stdio', server.name, '--client', key));
    expect(await client.text('unsafe', { tag: 'keyed' })).toBe('unsafe keyed');
    await client.close();
    await server.remove();
  });
});
