import { describe, expect, it } from 'vitest';
import { ErrorsOnlyLog } from '../../../simulation/memory-events.ts';
import { workloadSpec } from '../../../simulation/workload-spec.ts';
import { FakeReply, ManualClock, message, text } from '../../../test/support/relay-fakes.ts';
import type { Verdict } from '../ports/gateway.ts';
import type { Endpoint, StdioListener } from '../ports/stdio-channel.ts';
import { Relay } from '../relay/relay.ts';
import { relaySettings } from '../relay/relay-settings.ts';

const HANDSHAKE = '{"protocolVersion":"2025-11-25","capabilities":{},"serverInfo":{"name":"s","version":"1"}}';
const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'c', version: '1' } };

interface Line {
  readonly id?: number;
  readonly method?: string;
}

/** One connection to a server that says what the test says. */
class Connection {
  readonly lines: Line[] = [];
  #listener: StdioListener | null = null;
  readonly endpoint: Endpoint = {
    kind: 'stdio',
    channel: {
      listen: (listener) => {
        this.#listener = listener;
      },
      write: (bytes) => {
        for (const line of text(bytes).split('\n')) if (line !== '') this.lines.push(JSON.parse(line) as Line);
        return 'taken';
      },
      noise: () => undefined,
      pause: () => undefined,
      resume: () => undefined,
    },
  };

  asked(method: string): Line[] {
    return this.lines.filter((line) => line.method === method);
  }

  answer(id: number, result: string): void {
    this.#listener?.data(new TextEncoder().encode(`{"jsonrpc":"2.0","id":${id},"result":${result}}\n`));
  }
}

class World {
  readonly clock = new ManualClock();
  readonly wanted: string[] = [];
  readonly relay: Relay;

  constructor(sessions: 'shared' | 'isolated') {
    const nothing = (): Promise<void> => Promise.resolve();
    this.relay = new Relay(relaySettings(workloadSpec({ sessions })), {
      clock: this.clock,
      log: new ErrorsOnlyLog(),
      journal: { load: () => Promise.resolve([]), put: nothing, delete: nothing, deleteWorkload: nothing },
      events: {
        needBackend: (_workload, unit) => this.wanted.push(unit),
        releaseBackend: () => undefined,
        connectionLost: () => undefined,
        connectionDoubted: () => undefined,
        cutOff: () => undefined,
      },
      http: { connect: () => ({ call: () => ({ abort: () => undefined }), close: () => undefined }) },
      budget: { limit: 1_000_000, used: 0 },
      newSessionId: () => 'session',
      epoch: 'e1',
    });
    this.relay.state(null, { kind: 'ready' });
  }

  async attach(unit: string | null, connection: Connection, known: { adopted: boolean; handshake: string | null }): Promise<void> {
    await this.relay.attach(unit, 1, connection.endpoint, { ...known, signal: new AbortController().signal });
  }

  async ask(id: number, method: string, body: object, sessionId: string | null): Promise<FakeReply> {
    const reply = new FakeReply();
    this.relay.post(message({ id, method, params: body }), { sessionId, lastEventId: null, clientKey: null, headers: {} }, reply);
    await settled();
    return reply;
  }

  /** Only the connection is lost. */
  lose(unit: string | null): void {
    const exit: Verdict['exit'] = {
      generation: 1,
      cause: 'lost',
      exitCode: null,
      signal: null,
      oom: false,
      livesOn: true,
      startedAt: 0,
      readyAt: 0,
      endedAt: 0,
      lastLines: [],
    };
    this.relay.drop(unit, 1, { exit, nextStartAt: null });
  }
}

/** What was resolved has run its course. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

describe('a stdio server that is attached again', () => {
  it('is not initialized twice, answers new clients from what it said once, and gets ids that no answer of before can have', async () => {
    const world = new World('shared');
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
    const world = new World('shared');
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
    const world = new World('isolated');
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
    const world = new World('isolated');
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
