import { HoldfastError } from '../../src/core/errors/holdfast-error.ts';
import type { Clock } from '../../src/core/ports/clock.ts';
import type { Gateway, GatewayEvents } from '../../src/core/ports/gateway.ts';
import type { HttpCaller } from '../../src/core/ports/http-caller.ts';
import type { Log } from '../../src/core/ports/log.ts';
import type { SessionJournal } from '../../src/core/ports/state-store.ts';
import { defaultHoldBudget, type HoldBudget } from '../../src/core/relay/hold-queue.ts';
import { Relay } from '../../src/core/relay/relay.ts';
import type { RelayPorts } from '../../src/core/relay/relay-ports.ts';
import { relaySettings } from '../../src/core/relay/relay-settings.ts';
import type { SessionRecord } from '../../src/core/session/record.ts';
import type { WorkloadSpec } from '../../src/core/workload/spec.ts';
import { writtenTogether } from './written-together.ts';

export interface RelayGatewayOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly journal: SessionJournal;
  readonly events: GatewayEvents;
  readonly restored: ReadonlyMap<string, readonly SessionRecord[]>;
  readonly http: HttpCaller;
  readonly newSessionId: () => string;
  readonly epoch: string;
  /** Requests with these keys counted as delivered, and then were refused by the pipe. */
  readonly refusedLate: (keys: readonly string[]) => void;
}

interface Served {
  spec: WorkloadSpec;
  readonly relay: Relay;
}

/** The shell of src/gateway/gateway.ts around the relays, without its sockets. */
export class RelayGateway implements Gateway {
  /** Clients can connect. */
  listening = false;
  readonly budget: HoldBudget = { limit: defaultHoldBudget, used: 0 };
  readonly served = new Map<string, Served>();
  readonly #options: RelayGatewayOptions;
  readonly #ports: RelayPorts;

  constructor(options: RelayGatewayOptions) {
    this.#options = options;
    const { clock, log, journal, events, http, newSessionId, epoch } = options;
    this.#ports = { clock, log, journal, events, http, budget: this.budget, newSessionId, epoch };
  }

  async open(spec: WorkloadSpec): Promise<string> {
    const existing = this.served.get(spec.name);
    if (existing?.spec.id === spec.id) {
      this.update(spec);
      return this.url(spec.name) ?? '';
    }
    if (existing) await this.close(spec.name);
    const relay = new Relay(relaySettings(spec), this.#ports);
    relay.restore(this.#options.restored.get(spec.id) ?? []);
    this.served.set(spec.name, { spec, relay });
    return this.url(spec.name) ?? '';
  }

  update(spec: WorkloadSpec): void {
    const served = this.served.get(spec.name);
    if (served?.spec.id !== spec.id) return;
    served.spec = spec;
    served.relay.configure(relaySettings(spec));
  }

  url(workload: string): string | null {
    return this.served.has(workload) && this.listening ? `http://127.0.0.1:7420/${workload}/mcp` : null;
  }

  attach: Gateway['attach'] = async (workload, unit, generation, endpoint, options) => {
    const relay = this.relay(workload);
    if (!relay) throw new HoldfastError('HF_CANCELLED', { what: `${workload} is not served any more` });
    const { clock, refusedLate } = this.#options;
    if (endpoint.kind === 'http') return relay.attach(unit, generation, endpoint, options);
    const reached = { kind: 'stdio' as const, channel: writtenTogether(endpoint.channel, clock, refusedLate) };
    return relay.attach(unit, generation, reached, options);
  };

  drop: Gateway['drop'] = (workload, unit, generation, verdict) => this.relay(workload)?.drop(unit, generation, verdict);

  state: Gateway['state'] = (workload, unit, state) => this.relay(workload)?.state(unit, state);

  inFlight(workload: string): number {
    return this.relay(workload)?.units.inFlight ?? 0;
  }

  async drain(workload: string, ms: number): Promise<void> {
    const { clock } = this.#options;
    const until = clock.monotonic() + ms;
    while (this.inFlight(workload) > 0 && clock.monotonic() < until) await new Promise<void>((resolve) => void clock.after(20, resolve));
  }

  async close(workload: string): Promise<void> {
    const served = this.served.get(workload);
    if (!served) return;
    this.served.delete(workload);
    served.relay.close();
    await this.#options.journal.deleteWorkload(served.spec.id);
  }

  closeAll(): void {
    this.listening = false;
    for (const { relay } of this.served.values()) relay.suspend();
    this.served.clear();
  }

  relay(workload: string): Relay | null {
    return this.served.get(workload)?.relay ?? null;
  }
}
