import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { asHoldfastError, HoldfastError } from '../core/errors/holdfast-error.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Gateway, GatewayEvents } from '../core/ports/gateway.ts';
import type { Log } from '../core/ports/log.ts';
import type { SessionJournal } from '../core/ports/state-store.ts';
import { defaultHoldBudget } from '../core/relay/hold-queue.ts';
import { Relay } from '../core/relay/relay.ts';
import type { RelayPorts } from '../core/relay/relay-ports.ts';
import { relaySettings } from '../core/relay/relay-settings.ts';
import type { SessionRecord } from '../core/session/record.ts';
import type { WorkloadSpec } from '../core/workload/spec.ts';
import { FrontDoor } from './front-door.ts';
import { type Listener, listen } from './listener.ts';
import { coalescing } from './upstream/coalescing-channel.ts';
import { createHttpCaller } from './upstream/undici-caller.ts';

const RETRY_LISTEN_MS = 1_000;

export interface GatewayOptions {
  readonly host: string;
  /** 0 = any free one. */
  readonly port: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly journal: SessionJournal;
  /** Bound after the control loops exist. */
  readonly events: GatewayEvents;
  /** Sessions of the journal, by workload id. */
  readonly restored: ReadonlyMap<string, readonly SessionRecord[]>;
  readonly portOwner: (port: number) => Promise<string | null>;
  /** Whether the peer of a connection may use keyless URLs. Asked once a connection. */
  readonly peerAllowed: (socket: Socket) => boolean | Promise<boolean>;
  /** Whether that is the key of a registered client that shows workloads of that group. Asked for each request with a key. */
  readonly keyOpens: (key: string, group: string) => boolean;
}

export interface GatewayHost extends Gateway {
  /** Listens on the gateway's port. Where it is taken, goes on trying each second; resolves after the first try. */
  listen(): Promise<void>;
  /** The port, null while it is taken. */
  readonly port: number | null;
  /** Why the gateway does not listen, null when it does. */
  readonly problem: HoldfastError | null;
  /** Calls back when the port was bound. */
  onListening(callback: (port: number) => void): void;
  closeAll(): Promise<void>;
}

interface Served {
  spec: WorkloadSpec;
  readonly relay: Relay;
  /** At its port beside the gateway's; null also while that is taken. */
  own: Listener | null;
  /** Why there is nothing at its URL for now. */
  gone: HoldfastError | null;
}

/** The data plane: one port for all workloads, a relay behind each name. */
export function createGateway(options: GatewayOptions): GatewayHost {
  return new HttpGateway(options);
}

class HttpGateway implements GatewayHost {
  port: number | null = null;
  problem: HoldfastError | null = null;
  private readonly options: GatewayOptions;
  private readonly ports: RelayPorts;
  private readonly served = new Map<string, Served>();
  private readonly door: FrontDoor;
  private readonly listening: ((port: number) => void)[] = [];
  private listener: Listener | null = null;
  private closed = false;

  constructor(options: GatewayOptions) {
    this.options = options;
    this.door = new FrontDoor({
      find: (workload) => this.served.get(workload) ?? null,
      peerAllowed: options.peerAllowed,
      keyOpens: options.keyOpens,
      log: options.log,
    });
    this.ports = {
      clock: options.clock,
      log: options.log,
      journal: options.journal,
      events: options.events,
      http: createHttpCaller(),
      budget: { limit: defaultHoldBudget, used: 0 },
      newSessionId: () => randomBytes(16).toString('hex'),
      epoch: Math.floor(options.clock.now()).toString(36) + randomBytes(2).toString('hex'),
    };
  }

  async listen(): Promise<void> {
    if (this.closed) return;
    const { host, port, portOwner } = this.options;
    try {
      this.listener = await listen({ host, port, portOwner, onRequest: (request, response) => this.door.handle(request, response, null) });
    } catch (error) {
      const failure = asHoldfastError(error);
      if (this.problem?.message !== failure.message)
        this.options.log.error('the gateway cannot listen; it tries again each second', { error: failure.message });
      this.problem = failure;
      this.options.clock.after(RETRY_LISTEN_MS, () => void this.listen());
      return;
    }
    this.problem = null;
    this.port = this.listener.port;
    for (const callback of this.listening) callback(this.port);
  }

  onListening(callback: (port: number) => void): void {
    this.listening.push(callback);
  }

  async open(spec: WorkloadSpec): Promise<string> {
    const existing = this.served.get(spec.name);
    if (existing?.spec.id === spec.id) this.update(spec);
    else {
      if (existing) await this.close(spec.name);
      const relay = new Relay(relaySettings(spec), { ...this.ports, log: this.options.log.child({ workload: spec.name }) });
      relay.restore(this.options.restored.get(spec.id) ?? []);
      this.served.set(spec.name, { spec, relay, own: null, gone: null });
    }
    await this.listenOnOwnPort(spec);
    return this.url(spec.name) ?? '';
  }

  update(spec: WorkloadSpec): void {
    const served = this.served.get(spec.name);
    if (served?.spec.id !== spec.id) return;
    served.spec = spec;
    served.relay.configure(relaySettings(spec));
  }

  url(workload: string): string | null {
    const served = this.served.get(workload);
    if (!served) return null;
    const port = served.spec.proxyPort === undefined ? this.port : (served.own?.port ?? null);
    return port === null ? null : `http://${this.options.host}:${port}/${workload}/mcp`;
  }

  attach: Gateway['attach'] = async (workload, unit, generation, endpoint, attachOptions) => {
    const relay = this.relay(workload);
    if (!relay) throw new HoldfastError('HF_CANCELLED', { what: `${workload} is not served any more` });
    const reached = endpoint.kind === 'stdio' ? { kind: 'stdio' as const, channel: coalescing(endpoint.channel) } : endpoint;
    return relay.attach(unit, generation, reached, attachOptions);
  };

  drop: Gateway['drop'] = (workload, unit, generation, verdict) => this.relay(workload)?.drop(unit, generation, verdict);

  state: Gateway['state'] = (workload, unit, state) => {
    const served = this.served.get(workload);
    if (!served) return;
    served.relay.state(unit, state);
    if (unit !== null) return;
    served.gone = state.kind === 'refuse' && state.gone === true ? state.error : null;
    if (served.gone) served.relay.endStreams();
  };

  inFlight(workload: string): number {
    return this.relay(workload)?.units.inFlight ?? 0;
  }

  async drain(workload: string, ms: number): Promise<void> {
    const { clock } = this.options;
    const until = clock.monotonic() + ms;
    while (this.inFlight(workload) > 0 && clock.monotonic() < until) await new Promise<void>((resolve) => void clock.after(20, resolve));
  }

  async close(workload: string): Promise<void> {
    const served = this.served.get(workload);
    if (!served) return;
    this.served.delete(workload);
    served.relay.close();
    await this.options.journal.deleteWorkload(served.spec.id);
    await served.own?.close();
  }

  async closeAll(): Promise<void> {
    this.closed = true;
    await this.listener?.close();
    for (const { relay, own } of this.served.values()) {
      relay.suspend();
      await own?.close();
    }
    this.served.clear();
  }

  private relay(workload: string): Relay | null {
    return this.served.get(workload)?.relay ?? null;
  }

  private async listenOnOwnPort({ name, proxyPort }: WorkloadSpec): Promise<void> {
    const served = this.served.get(name);
    if (!served || served.own || proxyPort === undefined) return;
    const { host, portOwner } = this.options;
    const own = await listen({
      host,
      port: proxyPort,
      portOwner,
      onRequest: (request, response) => this.door.handle(request, response, name),
    });
    if (this.served.get(name) === served) served.own = own;
    else await own.close();
  }
}
