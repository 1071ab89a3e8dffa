import { afterAll, beforeAll, expect, it } from 'vitest';
import { closeAll, connect, connectEach, failure } from '../support/clients.ts';
import { Fixture, RESTART_AT_ONCE } from '../support/fixture.ts';
import type { Home } from '../support/home.ts';
import { rawRequest } from '../support/raw-client.ts';
import { describeRuntimes, homeOn, WITHOUT_PODMAN } from '../support/runtimes.ts';

describeRuntimes(
  'servers of both eras',
  (on) => {
    let home: Home;

    beforeAll(async () => {
      home = await homeOn(on);
    });

    afterAll(() => home?.end());

    it.each(['stdio', 'modern-stdio'] as const)(
      'a client that asks for the era of a %s server falls back to a session, which survives',
      async (kind) => {
        const server = await Fixture.run(home, `fallback-${kind}`, { kind, flags: RESTART_AT_ONCE });
        const client = await connect('new', server.url, { auto: true });
        expect(client.era()).toBe('legacy');
        expect(client.sessionId()).toBeDefined();
        await client.tools();
        await server.kill();
        expect(await client.text('safe', { tag: 'x' })).toMatch(/^safe x/);
        await client.close();
      },
    );

    it('a client that asks for the era of an HTTP server of the 2025 era falls back to a session, which survives', async () => {
      const server = await Fixture.run(home, 'fallback-http', { kind: 'http', flags: RESTART_AT_ONCE });
      const client = await connect('new', server.url, { auto: true });
      expect(client.era()).toBe('legacy');
      await client.tools();
      await server.untilBack(await server.kill());
      expect(await client.text('unsafe', { tag: 'x' })).toBe('unsafe x');
      await client.close();
    });

    it.each(['serve', 'reject'] as const)(
      'a server of the 2026-07-28 era (older clients: %s) is passed through, and held during a crash',
      async (legacy) => {
        const server = await Fixture.run(home, `modern-${legacy}`, { kind: 'modern', flags: RESTART_AT_ONCE, conduct: { legacy } });
        const client = await connect('new', server.url, { auto: true });
        expect({ era: client.era(), version: client.protocolVersion(), session: client.sessionId() }).toEqual({
          era: 'modern',
          version: '2026-07-28',
          session: undefined,
        });
        expect(await client.tools()).toEqual(['unsafe', 'safe']);
        expect(await client.text('unsafe', { tag: 'before' })).toBe('unsafe before modern');

        const lost = failure(client.call('unsafe', { tag: 'lost', ms: 60_000 }));
        await server.untilExecuted('unsafe', 'lost');
        server.behave({ legacy, bootMs: 1_500 });
        await server.crash();
        const held = client.text('unsafe', { tag: 'held' });
        const later = connect('new', server.url, { auto: true });
        expect(await lost).toMatchObject({ code: -31_000, data: { code: 'HF_BACKEND_LOST', signal: 'SIGKILL', mayHaveExecuted: true } });
        expect(await held).toBe('unsafe held modern');
        expect((await later).era()).toBe('modern');
        expect([server.executions('unsafe', 'lost'), server.executions('unsafe', 'held')]).toEqual([1, 1]);
        await closeAll([client, await later]);
        await server.remove();
      },
    );

    it('a server of both eras serves clients of both at the same time, and through a crash', async () => {
      const server = await Fixture.run(home, 'both', { kind: 'modern', flags: RESTART_AT_ONCE });
      const clients = [...(await connectEach(server.url)), await connect('new', server.url, { auto: true })];
      expect(clients.map((client) => client.era())).toEqual(['legacy', 'legacy', 'modern']);
      await Promise.all(clients.map((client) => client.tools()));
      await server.untilBack(await server.kill());
      expect(await Promise.all(clients.map((client) => client.text('safe', { tag: 'x' })))).toEqual([
        'safe x legacy',
        'safe x legacy',
        'safe x modern',
      ]);
      await closeAll(clients);
      await server.remove();
    });

    it('server/discover out of budget is answered 503 with Retry-After: no client may take the server for a legacy one', async () => {
      const server = await Fixture.run(home, 'discover', { kind: 'modern', flags: [...RESTART_AT_ONCE, '--hold=1s'] });
      server.behave({ bootMs: 5_000 });
      await server.crash();
      const meta = {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
        'io.modelcontextprotocol/clientCapabilities': {},
      };
      const answer = await rawRequest(server.url, {
        headers: { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'server/discover' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'server/discover', params: { _meta: meta } }),
      });
      expect(answer.status).toBe(503);
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      const refused: unknown = await connect('new', server.url, { auto: true }).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: expect.stringContaining('ERA_NEGOTIATION_FAILED') });
      await server.remove();
    });
  },
  WITHOUT_PODMAN,
);
