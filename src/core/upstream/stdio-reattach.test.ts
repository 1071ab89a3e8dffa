import { describe, expect, it } from 'vitest';
import { Connection, HANDSHAKE, params, StdioRelay, settled } from '../../../test/support/stdio-relay.ts';

describe('a stdio server that is attached again', () => {
  it('is not initialized twice, answers new clients from what it said once, and gets ids that no answer of before can have', async () => {
    const world = new StdioRelay('shared');
    const connection = new Connection();
    await world.attach(null, connection, { adopted: true, handshake: HANDSHAKE });
    expect(connection.asked('initialize')).toEqual([]);
    const initialized = await world.ask(1, 'initialize', params, null);
    expect(initialized.jsonBody).toContain('"serverInfo":{"name":"s","version":"1"}');
    expect(connection.asked('initialize')).toEqual([]);

    const reply = await world.ask(2, 'tools/call', { name: 't', arguments: {} }, 'session');
    const id = connection.asked('tools/call')[0]?.id ?? 0;
    expect(id).toBeGreaterThan(world.clock.now() * 1_024);
    for (let earlier = 1; earlier < 20; earlier += 1) connection.answer(earlier, '{"of":"an earlier daemon"}');
    expect(reply.jsonBody).toBeNull();
    connection.answer(id, '{"of":"now"}');
    expect(reply.jsonBody).toBe('{"jsonrpc":"2.0","id":2,"result":{"of":"now"}}');
  });

  it('gets greater ids on each connection, and what was in flight on the last one is answered at once', async () => {
    const world = new StdioRelay('shared');
    const first = new Connection();
    await world.attach(null, first, { adopted: true, handshake: HANDSHAKE });
    await world.ask(1, 'initialize', params, null);
    const lost = await world.ask(2, 'tools/call', { name: 't', arguments: {} }, 'session');
    world.lose(null);
    expect(JSON.parse(lost.jsonBody ?? '')).toMatchObject({ id: 2, error: { data: { mayHaveExecuted: true } } });
    const second = new Connection();
    await world.attach(null, second, { adopted: true, handshake: HANDSHAKE });
    await world.ask(3, 'tools/call', { name: 't', arguments: {} }, 'session');
    expect(second.asked('tools/call')[0]?.id).toBeGreaterThan(first.asked('tools/call')[0]?.id ?? Number.POSITIVE_INFINITY);
  });

  it('of a session is not initialized twice either', async () => {
    const world = new StdioRelay('isolated');
    const reply = await world.ask(1, 'initialize', params, null);
    const [unit = ''] = world.wanted;
    const first = new Connection();
    await world.attach(unit, first, { adopted: false, handshake: null });
    first.answer(first.asked('initialize')[0]?.id ?? 0, HANDSHAKE);
    await settled();
    expect(reply.statusCode).toBe(200);
    world.lose(unit);
    const second = new Connection();
    await world.attach(unit, second, { adopted: true, handshake: null });
    expect(second.asked('initialize')).toEqual([]);
  });

  it('of a session is given up where the connection was lost before it had answered initialize', async () => {
    const world = new StdioRelay('isolated');
    await world.ask(1, 'initialize', params, null);
    const [unit = ''] = world.wanted;
    const first = new Connection();
    await world.attach(unit, first, { adopted: false, handshake: null });
    expect(first.asked('initialize')).toHaveLength(1);
    world.lose(unit);
    const second = new Connection();
    await expect(world.attach(unit, second, { adopted: true, handshake: null })).rejects.toMatchObject({ code: 'HF_NOT_READY' });
    expect(second.asked('initialize')).toEqual([]);
  });
});
