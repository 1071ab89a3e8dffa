import { ErrorsOnlyLog } from '../../simulation/memory-events.ts';
import { workloadSpec } from '../../simulation/workload-spec.ts';
import type { Verdict } from '../../src/core/ports/gateway.ts';
import type { Endpoint, StdioListener } from '../../src/core/ports/stdio-channel.ts';
import { Relay } from '../../src/core/relay/relay.ts';
import { relaySettings } from '../../src/core/relay/relay-settings.ts';
import type { SessionRecord } from '../../src/core/session/record.ts';
import { FakeReply, ManualClock, message, text } from './relay-fakes.ts';

export const HANDSHAKE = '{"protocolVersion":"2025-11-25","capabilities":{},"serverInfo":{"name":"s","version":"1"}}';
/** Of a client's `initialize`. */
export const params = { protocolVersion: '2025-11-25', capabilities: { elicitation: {} }, clientInfo: { name: 'c', version: '1' } };

interface Line {
  readonly id?: number;
  readonly method?: string;
  readonly error?: { readonly message: string };
}

/** One connection to a server that says what the test says. */
export class Connection {
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
    this.say(`{"jsonrpc":"2.0","id":${id},"result":${result}}`);
  }

  /** A line of the server. */
  say(json: string): void {
    this.#listener?.data(new TextEncoder().encode(`${json}\n`));
  }
}

/** A relay to a stdio server, and its clients. */
export class StdioRelay {
  readonly clock = new ManualClock();
  readonly wanted: string[] = [];
  readonly relay: Relay;
  #sessions = 0;

  /** What the journal holds, by session. */
  readonly records = new Map<string, SessionRecord>();

  /** @param before whose Holdfast died */
  constructor(sessions: 'shared' | 'isolated', runtime: 'process' | 'docker' = 'process', before: StdioRelay | null = null) {
    const nothing = (): Promise<void> => Promise.resolve();
    this.relay = new Relay(relaySettings(workloadSpec({ sessions, runtime })), {
      clock: this.clock,
      log: new ErrorsOnlyLog(),
      journal: {
        load: () => Promise.resolve([]),
        put: (record) => Promise.resolve(void this.records.set(record.id, record)),
        delete: nothing,
        deleteWorkload: nothing,
      },
      events: {
        needBackend: (_workload, unit) => this.wanted.push(unit),
        releaseBackend: () => undefined,
        connectionLost: () => undefined,
        connectionDoubted: () => undefined,
        cutOff: () => undefined,
      },
      http: { connect: () => ({ call: () => ({ abort: () => undefined }), close: () => undefined }) },
      budget: { limit: 1_000_000, used: 0 },
      newSessionId: () => {
        this.#sessions += 1;
        return this.#sessions === 1 ? 'session' : `session-${this.#sessions}`;
      },
      epoch: 'e1',
    });
    this.relay.restore([...(before?.records.values() ?? [])]);
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

  /** The client sends DELETE. */
  end(sessionId: string): void {
    this.relay.delete({ sessionId, lastEventId: null, clientKey: null, headers: {} }, new FakeReply());
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
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
