import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClientChanges, ClientList, ClientOutcomes, ClientUrl, RegisteredList } from '../../../src/api/contract/clients.ts';
import { type DaemonApi, startDaemonApi } from './daemon-api.ts';

let daemon: DaemonApi;
beforeEach(async () => {
  daemon = await startDaemonApi();
  await makeWorkload('memory');
});
afterEach(() => daemon.close());

const makeWorkload = async (name: string, group = 'default'): Promise<void> => {
  await daemon.client.operation(
    { method: 'POST', path: '/v1/workloads', body: { source: 'cmd://node', name, group, caller: { cwd: '/', env: {} } } },
    () => undefined,
  );
};
const get = <T>(path: string, query?: Record<string, string>): Promise<T> =>
  daemon.client.json<T>({ method: 'GET', path, ...(query ? { query } : {}) });
const post = <T>(path: string, body: object): Promise<T> => daemon.client.json<T>({ method: 'POST', path, body });
const register = (body: object): Promise<ClientOutcomes> => post('/v1/clients/register', body);
const cursorFile = (): string => join(daemon.user, '.cursor', 'mcp.json');
const writeCursor = (text: string): void => {
  mkdirSync(join(daemon.user, '.cursor'), { recursive: true });
  writeFileSync(cursorFile(), text);
};
const cursor = async (): Promise<ClientList['clients'][number] | undefined> =>
  (await get<ClientList>('/v1/clients')).clients.find(({ client_type }) => client_type === 'cursor');

const USERS = '{\n  // mine\n  "mcpServers": {\n    "own": { "command": "x" }\n  }\n}\n';

describe('AI clients over the control API', () => {
  it('are all listed, none registered, none installed in an empty home', async () => {
    const { clients } = await get<ClientList>('/v1/clients');
    expect(clients.length).toBeGreaterThan(30);
    expect(clients.filter(({ registered, installed }) => registered || installed)).toEqual([]);
    expect(await get<RegisteredList>('/v1/clients/registered')).toEqual({ clients: [] });
  });

  it('gets what runs at registration, masked in the diff, and its bytes back when it is removed', async () => {
    writeCursor(USERS);
    const dry = await register({ clients: ['cursor'], dry_run: true });
    expect(readFileSync(cursorFile(), 'utf8')).toBe(USERS);
    const { results } = await register({ clients: ['cursor'] });
    expect(results[0]?.problem).toBeNull();
    expect(results[0]?.changes[0]?.diff).toContain('/k/••••/memory/mcp');
    expect(dry.results[0]?.changes).toEqual(results[0]?.changes);
    const { url } = await get<ClientUrl>('/v1/workloads/memory/client-url', { client: 'cursor' });
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:7420\/k\/[0-9a-f]{32}\/memory\/mcp$/);
    expect(readFileSync(cursorFile(), 'utf8')).toContain(url);
    expect((await cursor())?.files[0]?.entries).toEqual([{ name: 'memory', state: 'written' }]);
    expect((await get<ClientChanges>('/v1/clients/cursor/diff')).changes[0]?.diff).toContain('+    "memory"');
    const removed = await post<ClientOutcomes>('/v1/clients/remove', { clients: ['cursor'] });
    expect(removed.results[0]?.problem).toBeNull();
    expect(readFileSync(cursorFile(), 'utf8')).toBe(USERS);
    await expect(get('/v1/workloads/memory/client-url', { client: 'cursor' })).rejects.toMatchObject({ code: 'HF_CLIENT_NOT_REGISTERED' });
  });

  it('keeps its key when it is registered again, with other groups', async () => {
    writeCursor(USERS);
    await makeWorkload('other', 'dev');
    await register({ clients: ['cursor'] });
    const first = await get<ClientUrl>('/v1/workloads/memory/client-url', { client: 'cursor' });
    await register({ clients: ['cursor'], groups: ['dev'], client_refresh: 'always' });
    expect((await cursor())?.files[0]?.entries).toEqual([{ name: 'other', state: 'written' }]);
    await expect(get('/v1/workloads/memory/client-url', { client: 'cursor' })).rejects.toMatchObject({
      code: 'HF_CLIENT_NOT_REGISTERED',
      why: expect.stringContaining('other groups than "default"'),
    });
    const { clients } = await get<RegisteredList>('/v1/clients/registered');
    expect(clients).toMatchObject([{ client_type: 'cursor', groups: ['dev'], client_refresh: 'always' }]);
    await register({ clients: ['cursor'], groups: null, client_refresh: null });
    expect((await get<RegisteredList>('/v1/clients/registered')).clients).toMatchObject([{ groups: null, client_refresh: null }]);
    expect(await get('/v1/workloads/memory/client-url', { client: 'cursor' })).toEqual(first);
  });

  it.each([
    [{ clients: ['cursr'] }, 'HF_CLIENT_UNKNOWN'],
    [{ clients: ['cursor', 'windsurf'] }, 'HF_CLIENT_NOT_INSTALLED'],
    [{ clients: [] }, 'HF_BAD_SPEC'],
    [{ clients: ['cursor'], client_refresh: 'often' }, 'HF_BAD_SPEC'],
  ])('refuses %j and changes nothing', async (body, code) => {
    writeCursor(USERS);
    await expect(register(body)).rejects.toMatchObject({ code });
    expect(await get<RegisteredList>('/v1/clients/registered')).toEqual({ clients: [] });
    expect(readFileSync(cursorFile(), 'utf8')).toBe(USERS);
  });

  it('registers one that is not installed by force', async () => {
    await register({ clients: ['cursor'], force: true });
    expect(readFileSync(cursorFile(), 'utf8')).toContain('memory');
    await post('/v1/clients/remove', { all: true });
    expect(existsSync(cursorFile())).toBe(false);
  });

  it('tells what cannot be read, and goes on with the others', async () => {
    const broken = '{ "mcpServers": ';
    writeCursor(broken);
    mkdirSync(join(daemon.user, '.gemini'));
    const { results } = await register({ clients: ['cursor', 'gemini-cli'] });
    expect(results.map(({ problem }) => problem?.code ?? null)).toEqual(['HF_CLIENT_FILE_SYNTAX', null]);
    expect(readFileSync(cursorFile(), 'utf8')).toBe(broken);
    expect(readFileSync(join(daemon.user, '.gemini', 'settings.json'), 'utf8')).toContain('memory');
    expect((await cursor())?.files[0]?.problem?.code).toBe('HF_CLIENT_FILE_SYNTAX');
  });

  it('leaves an entry of somebody else alone and writes the others', async () => {
    const foreign = '{ "mcpServers": { "memory": { "url": "https://elsewhere" } } }';
    writeCursor(foreign);
    await makeWorkload('second');
    const { results } = await register({ clients: ['cursor'] });
    expect(results[0]?.problem?.code).toBe('HF_CLIENT_FILE_FOREIGN');
    expect(readFileSync(cursorFile(), 'utf8')).toContain('https://elsewhere');
    expect(readFileSync(cursorFile(), 'utf8')).toContain('/second/mcp');
  });

  it('gives a client of programs the command line', async () => {
    mkdirSync(join(daemon.user, '.junie'));
    await register({ clients: ['junie'], force: true });
    const file = JSON.parse(readFileSync(join(daemon.user, '.junie', 'mcp', 'mcp.json'), 'utf8')) as { mcpServers: { memory: unknown } };
    expect(file.mcpServers.memory).toEqual({
      command: '/usr/bin/node',
      args: ['/opt/holdfast.js', 'proxy', 'stdio', 'memory', '--client', 'junie'],
    });
  });

  it('restores one, by force also what was changed since', async () => {
    writeCursor(USERS);
    await register({ clients: ['cursor'] });
    writeCursor(`${readFileSync(cursorFile(), 'utf8')}// later\n`);
    expect((await post<ClientChanges>('/v1/clients/cursor/restore', { force: true, dry_run: true })).changes).toHaveLength(1);
    await post('/v1/clients/cursor/restore', { force: true });
    expect(readFileSync(cursorFile(), 'utf8')).toBe(USERS);
    expect(await get<RegisteredList>('/v1/clients/registered')).toEqual({ clients: [] });
  });

  it('refuses to remove what is not registered', async () => {
    await expect(post('/v1/clients/remove', { clients: ['cursor'] })).rejects.toMatchObject({ code: 'HF_CLIENT_NOT_REGISTERED' });
    await expect(post('/v1/clients/remove', {})).rejects.toMatchObject({ code: 'HF_USAGE' });
    expect(await post('/v1/clients/remove', { all: true })).toEqual({ results: [] });
  });
});
