import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CursorUser, cursorEntries, registerCursor, removeCursor } from '../../support/cursor-user.ts';
import { Fixture, RESTART_AT_ONCE } from '../../support/fixture.ts';
import { createHome, type Home } from '../../support/home.ts';
import { until } from '../../support/until.ts';

describe('the file of a client that others write as well', () => {
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
    await registerCursor(home, { client_refresh: 'always' });
  });
  afterAll(async () => {
    await home?.end();
    user.remove();
  });

  it('gets back what another writer overwrote with what it had read before', async () => {
    const server = await Fixture.run(home, 'lost');
    const shown = user.text();
    user.write(user.original);
    await user.untilShown('lost', 20_000);
    expect(user.text()).toBe(shown);
    const events = await home.events('lost');
    expect(events.map(({ type }) => type)).toContain('client.entry-lost');
    await server.remove();
  });

  it('keeps what its user put into an entry, and what its user changed stays as it is', async () => {
    const server = await Fixture.run(home, 'mine', { flags: RESTART_AT_ONCE });
    const disabled = (user.text() ?? '').replace('"type": "http"', '"type": "http",\n      "disabled": true');
    user.write(disabled);
    await server.untilBack(await server.kill());
    await user.untilShown('mine');
    await home.ok('stop', 'mine');
    expect(user.text()).toBe(user.original);
    await home.ok('start', 'mine');
    expect(user.text()).toContain('"disabled": true');

    const changed = (user.text() ?? '').replace(/"http:[^"]*\/k\/[^"]*"/, '"https://elsewhere.example"');
    user.write(changed);
    await server.untilBack(await server.kill());
    expect(await cursorEntries(home)).toMatchObject({ mine: 'changed' });
    await home.ok('stop', 'mine');
    expect(user.text()).toBe(changed);
    await server.remove();
    expect(user.text()).toBe(changed);
  });

  it('stays without an entry that its user took out, until it is registered again', async () => {
    const server = await Fixture.run(home, 'unwanted', { flags: RESTART_AT_ONCE });
    // Within ten seconds of the write that would be taken for somebody who overwrites it.
    user.write(user.original, 11_000);
    expect(await cursorEntries(home)).toEqual({ unwanted: 'taken-out' });
    await server.untilBack(await server.kill());
    await home.ok('stop', 'unwanted');
    await home.ok('start', 'unwanted');
    expect(user.text()).toBe(user.original);
    await registerCursor(home);
    expect(user.shows('unwanted')).toBe(true);
    await server.remove();
    expect(user.text()).toBe(user.original);
  });

  it('is told about when it cannot be read, is left alone, and is made right when it can be again', async () => {
    const broken = '{ "mcpServers": { ';
    user.write(broken);
    const said = await home.run('run', 'cmd://node', '--name=late', '--', ...serverArguments());
    expect(said.code).toBe(0);
    expect(said.stderr).toMatch(/Cursor: .*mcp\.json/);
    expect(user.text()).toBe(broken);
    expect((await home.events()).map(({ type }) => type)).toContain('client.failed');
    user.write(user.original);
    await until('it is written', () => user.shows('late'), 40_000);
    await home.ok('rm', 'late');
    expect(user.text()).toBe(user.original);
    await removeCursor(home);
  });

  it('serves two Holdfasts, neither of which touches what the other wrote', async () => {
    const other = await createHome(user.env);
    try {
      await other.ok('ls');
      await registerCursor(other, { client_refresh: 'always' });
      const [one, two] = [
        await Fixture.run(home, 'one', { flags: RESTART_AT_ONCE }),
        await Fixture.run(other, 'two', { flags: RESTART_AT_ONCE }),
      ];
      const same = await Fixture.run(other, 'one');
      expect(user.text()).toContain('/two/mcp');
      expect((user.text() ?? '').match(/\/one\/mcp/g)).toHaveLength(1);
      expect(await cursorEntries(other)).toEqual({ one: 'foreign', two: 'written' });
      await Promise.all([one.kill(), two.kill()].map(async (killed, index) => (index === 0 ? one : two).untilBack(await killed)));
      await user.untilShown('one');
      await user.untilShown('two');
      await same.remove();
      await removeCursor(other);
      // Both wrote it at once a moment ago: what was lost then is put back.
      await user.untilShown('one');
      expect(user.text()).not.toContain('/two/mcp');
      await one.remove();
      await two.remove();
      expect(user.text()).toBe(user.original);
    } finally {
      await other.end();
    }
  });
});

/** A server of no files of its own. */
function serverArguments(): string[] {
  return [new URL('../../support/servers/fixture-stdio.mjs', import.meta.url).pathname];
}
