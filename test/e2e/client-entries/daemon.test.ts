import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CursorUser, cursorEntries, registerCursor, removeCursor, urlOfCursor } from '../../support/cursor-user.ts';
import { Fixture, RESTART_AT_ONCE } from '../../support/fixture.ts';
import { createHome, type Home } from '../../support/home.ts';
import { RawSession } from '../../support/raw-client.ts';
import { freePort } from '../supervision/port-holder.ts';

describe('the entries of a client and the daemon', () => {
  let home: Home;
  let user: CursorUser;

  beforeAll(async () => {
    user = new CursorUser();
    home = await createHome(user.env);
    await home.ok('ls');
  });
  beforeEach(async () => {
    await home.run('rm', '--all');
    user.write(user.original);
    await registerCursor(home);
  });
  afterAll(async () => {
    await home?.end();
    user.remove();
  });

  it('stay when it ends, and name the new address when it listens on another port', async () => {
    await Fixture.run(home, 'moves');
    const [before, url] = [user.text(), await urlOfCursor(home, 'moves')];
    await home.ok('daemon', 'stop');
    expect(user.text()).toBe(before);
    const port = await freePort();
    await home.ok('daemon', 'start', '--gateway-port', String(port));
    const moved = url.replace(/:\d+\//, `:${port}/`);
    await user.untilText((before ?? '').replace(url, moved));
    const session = await RawSession.open(moved);
    expect((await session.call('safe', { tag: 'there' })).json?.result?.['content']).toEqual([{ type: 'text', text: 'safe there' }]);
    await home.ok('rm', 'moves');
    expect(user.text()).toBe(user.original);
  });

  it('are refreshed under `auto` for a client whose session the new server cannot go on with', async () => {
    const server = await Fixture.run(home, 'older', { kind: 'http', flags: RESTART_AT_ONCE });
    const session = await RawSession.open(await urlOfCursor(home, 'older'));
    expect((await session.call('safe')).json?.error).toBeUndefined();
    const shown = user.text();
    user.watch();
    server.behave({ claimedVersion: '2099-01-01' });
    await server.untilBack(await server.kill());
    expect((await session.call('safe')).json?.error?.data).toMatchObject({ code: 'HF_VERSION_LOST' });
    expect((await user.untilChanged(3)).map(({ text }) => text)).toEqual([shown, user.original, shown]);
  });

  it('are left where the file cannot be written when the client is removed, and go with the next try', async () => {
    await Fixture.run(home, 'stuck');
    const broken = `${user.text() ?? ''}}`;
    user.write(broken);
    const { results } = await removeCursor(home);
    expect(results[0]?.problem).toMatchObject({ code: 'HF_CLIENT_FILE_SYNTAX' });
    expect(user.text()).toBe(broken);
    user.write(broken.slice(0, -1));
    expect(await cursorEntries(home)).toEqual({ stuck: 'written' });
    expect((await removeCursor(home)).results[0]?.problem).toBeNull();
    expect(user.text()).toBe(user.original);
  });
});
