import { copied } from '../../lib/copied.ts';
import { clientAnswer, INITIALIZED, ownInitializeParams, readInitializeResult } from '../../mcp/initialize.ts';
import type { Message } from '../../mcp/message.ts';
import { isLegacyRevision, lowerRevision, NEWEST_LEGACY_REVISION } from '../../mcp/revisions.ts';
import { HoldfastError } from '../errors/holdfast-error.ts';
import type { Handshake } from '../ports/gateway.ts';
import type { Exchange } from '../relay/exchange.ts';
import type { StdioWire } from './stdio-wire.ts';
import type { Ask } from './survey.ts';
import type { AttachOptions, UpstreamContext } from './upstream.ts';

export type ServerAnswer = Ask;

/** A longer answer to `initialize` is not written into the state: such a server is asked again, bytes. */
const MOST_KEPT = 262_144;

interface KnownServer {
  readonly protocolVersion: string;
  readonly result: Uint8Array;
}

/**
 * Who initialises a stdio process (`sessions.md`, "Who initialises what"). Shared: Holdfast, exactly once per generation, and each client
 * is answered from that. Isolated: the one client, and its params are replayed to every later generation.
 */
export class StdioInitialize {
  /** Capabilities of the newest generation, null before the first. */
  capabilities: Readonly<Record<string, unknown>> | null = null;
  private readonly context: UpstreamContext;
  private readonly mode: 'shared' | 'isolated';
  private server: KnownServer | null = null;
  private replayedTo = 0;
  /** Isolated: the generation that was asked last, and what it answered; null = nothing yet. */
  private asked: { readonly generation: number; handshake: Handshake | null } | null = null;

  constructor(context: UpstreamContext, mode: 'shared' | 'isolated') {
    this.context = context;
    this.mode = mode;
  }

  /** A client can be answered without a backend. */
  get known(): boolean {
    return this.server !== null;
  }

  /** Isolated: `initialized` of the client went to this generation as part of the replay. */
  sentInitialized(generation: number): boolean {
    return this.replayedTo === generation;
  }

  /** A process that was asked before, on an earlier connection, is not asked twice. @throws HF_BAD_ANSWER, HF_NOT_READY */
  async handshake(wire: StdioWire, ask: Ask, generation: number, options: Omit<AttachOptions, 'signal'>): Promise<Handshake> {
    if (this.mode === 'shared') {
      if (options.handshake !== null) return this.learn(new TextEncoder().encode(options.handshake));
      return this.initialize(wire, ask, ownInitializeParams(NEWEST_LEGACY_REVISION), true);
    }
    if (options.adopted && this.asked?.generation === generation) return this.goOn(this.asked.handshake);
    const [session] = this.context.sessions();
    if (!session?.protocolVersion) return { protocolVersion: null, serverName: null, serverVersion: null, result: null };
    this.asked = { generation, handshake: null };
    const handshake = await this.initialize(wire, ask, session.initializeParams, session.initialized);
    this.asked = { generation, handshake };
    if (session.initialized) this.replayedTo = generation;
    if (!isLegacyRevision(handshake.protocolVersion ?? '')) {
      this.context.endSession(session, `the server now speaks ${String(handshake.protocolVersion)}, which this session's client cannot`);
    }
    return handshake;
  }

  /** Shared: answers a client from what the server said to Holdfast. */
  answer(x: Exchange): void {
    if (!this.server) return this.context.lane.undelivered(x);
    const asked = x.message.text('params.protocolVersion') ?? this.server.protocolVersion;
    const version = isLegacyRevision(asked) ? lowerRevision(asked, this.server.protocolVersion) : this.server.protocolVersion;
    this.context.openSession(x, { protocolVersion: version, backend: null, result: clientAnswer(this.server.result, version) });
  }

  /** Isolated: the client's own `initialize` goes to the server. */
  forwarded(generation: number): void {
    this.asked = { generation, handshake: null };
  }

  /** Isolated: the server answered the client's own `initialize`. */
  completed(x: Exchange, message: Message, generation: number): void {
    const range = message.range('result');
    const result = range ? copied(message.bytes, range.start, range.end) : new Uint8Array(0);
    const read = readInitializeResult(result);
    if (!read) return this.context.lane.fail(x, badAnswer(this.context.workload), false);
    this.capabilities = read.capabilities;
    const { protocolVersion, serverName, serverVersion } = read;
    this.asked = { generation, handshake: { protocolVersion, serverName, serverVersion, result: null } };
    this.context.openSession(x, {
      protocolVersion: read.protocolVersion,
      backend: { sessionId: null, protocolVersion: read.protocolVersion, generation },
      result,
    });
  }

  /** The same process on another connection. One whose answer went down with the last cannot be asked again, and is of no use. */
  private goOn(handshake: Handshake | null): Handshake {
    if (handshake) return handshake;
    throw new HoldfastError('HF_NOT_READY', {
      what: `The server of ${this.context.workload} became useless`,
      why: 'the connection was lost while it was being initialized, which can be done once only',
    });
  }

  private async initialize(wire: StdioWire, ask: Ask, params: string, sendInitialized: boolean): Promise<Handshake> {
    const answer = await ask('initialize', params);
    const range = answer.range('result');
    const handshake = this.learn(range ? copied(answer.bytes, range.start, range.end) : new Uint8Array(0), answer);
    if (sendInitialized) wire.send(INITIALIZED);
    return handshake;
  }

  private learn(result: Uint8Array, answer?: Message): Handshake {
    const read = readInitializeResult(result);
    if (!read) throw badAnswer(this.context.workload, answer);
    this.server = { protocolVersion: read.protocolVersion, result };
    this.capabilities = read.capabilities;
    const { protocolVersion, serverName, serverVersion } = read;
    const kept = this.mode === 'shared' && result.length <= MOST_KEPT ? new TextDecoder().decode(result) : null;
    return { protocolVersion, serverName, serverVersion, result: kept };
  }
}

function badAnswer(workload: string, answer?: Message): HoldfastError {
  const why = answer?.text('error.message');
  return new HoldfastError('HF_BAD_ANSWER', { what: `${workload} did not accept initialize`, ...(why === undefined ? {} : { why }) });
}
