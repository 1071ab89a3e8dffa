import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../support/clients.ts';
import { CursorUser, registerCursor, removeCursor, urlOfCursor } from '../../support/cursor-user.ts';
import { Fixture } from '../../support/fixture.ts';
import { createHome, type Home } from '../../support/home.ts';
import { RawSession, rawRequest } from '../../support/raw-client.ts';

const INITIALIZE = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
});

describe('the key of a registered client', () => {
  let home: Home;
  let user: CursorUser;

  beforeAll(async () => {
    user = new CursorUser();
    // Nobody gets in without one.
    home = await createHome({ ...user.env, HOLDFAST_GATEWAY_KEYLESS: 'off' });
    await home.ok('ls');
  });
  afterAll(async () => {
    await home?.end();
    user.remove();
  });

  it('lets in where nothing else does, until it is revoked; a wrong one is a 404 like an unknown name', async () => {
    const server = await Fixture.run(home, 'kept');
    await registerCursor(home);
    const url = await urlOfCursor(home, 'kept');
    const client = await connect('old', url);
    expect(await client.text('safe', { tag: 'in' })).toBe('safe in');
    expect((await rawRequest(server.url, { body: INITIALIZE })).status).toBe(404);

    const wrong = await rawRequest(url.replace(/\/k\/[0-9a-f]{4}/, '/k/0000'), { body: INITIALIZE });
    const unknown = await rawRequest(url.replace('/kept/', '/nobody/'), { body: INITIALIZE });
    expect([wrong, unknown].map(({ status, json }) => [status, json?.error?.data?.['code']])).toEqual([
      [404, 'HF_WORKLOAD_UNKNOWN'],
      [404, 'HF_WORKLOAD_UNKNOWN'],
    ]);
    expect(JSON.stringify(unknown.json)).not.toContain(url.split('/')[4]);

    const session = await RawSession.open(url);
    await removeCursor(home);
    expect((await session.call('safe')).status).toBe(404);
    await expect(client.text('safe')).rejects.toThrow(/Nothing is served/);
    await registerCursor(home);
    expect(await urlOfCursor(home, 'kept')).not.toBe(url);
    expect((await rawRequest(url, { body: INITIALIZE })).status).toBe(404);
    await client.close();
  });

  it('survives the daemon, and shows nowhere but in its URL', async () => {
    const url = await urlOfCursor(home, 'kept');
    const [, key = ''] = /\/k\/([0-9a-f]{32})\//.exec(url) ?? [];
    const session = await RawSession.open(url);
    await home.killDaemon();
    await home.ok('ls');
    expect((await session.call('safe', { tag: 'on' })).json?.result?.['content']).toEqual([{ type: 'text', text: 'safe on' }]);
    const listings = await Promise.all([
      home.api().json({ method: 'GET', path: '/v1/clients' }),
      home.api().json({ method: 'GET', path: '/v1/clients/registered' }),
      home.api().json({ method: 'GET', path: '/v1/clients/cursor/diff' }),
      home.events(),
      home.ok('inspect', 'kept'),
      home.ok('logs', '--proxy', 'kept'),
    ]);
    expect(listings.filter((listing) => JSON.stringify(listing).includes(key))).toEqual([]);
    await home.ok('rm', 'kept');
    expect(user.text()).toBe(user.original);
  });
});
