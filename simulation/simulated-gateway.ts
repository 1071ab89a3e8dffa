import { HoldfastError } from '../src/core/errors/holdfast-error.ts';
import type { Gateway, Handshake, ServingState, Verdict } from '../src/core/ports/gateway.ts';
import type { Endpoint } from '../src/core/ports/stdio-channel.ts';
import type { WorkloadSpec } from '../src/core/workload/spec.ts';

export type GatewayCall =
  | { readonly call: 'open'; readonly workload: string }
  | { readonly call: 'close'; readonly workload: string }
  | {
      readonly call: 'attach';
      readonly workload: string;
      readonly unit: string | null;
      readonly generation: number;
      readonly adopted: boolean;
    }
  | {
      readonly call: 'drop';
      readonly workload: string;
      readonly unit: string | null;
      readonly generation: number;
      readonly verdict: Verdict;
    }
  | { readonly call: 'state'; readonly workload: string; readonly unit: string | null; readonly state: ServingState };

/** A data plane without sockets: keeps what it was told, and handshakes as it is made to. */
export class SimulatedGateway implements Gateway {
  readonly calls: GatewayCall[] = [];
  readonly opened = new Map<string, WorkloadSpec>();
  onOpen: (spec: WorkloadSpec) => Promise<void> = () => Promise.resolve();
  /** What a handshake does; by default the server is ready at once. */
  onAttach: (workload: string, generation: number, signal: AbortSignal) => Promise<void> = () => Promise.resolve();

  async open(spec: WorkloadSpec): Promise<string> {
    await this.onOpen(spec);
    this.opened.set(spec.name, spec);
    this.calls.push({ call: 'open', workload: spec.name });
    return `http://127.0.0.1:7420/${spec.name}/mcp`;
  }

  update(spec: WorkloadSpec): void {
    this.opened.set(spec.name, spec);
  }

  url(workload: string): string | null {
    return this.opened.has(workload) ? `http://127.0.0.1:7420/${workload}/mcp` : null;
  }

  async attach(
    workload: string,
    unit: string | null,
    generation: number,
    _endpoint: Endpoint,
    options: { adopted: boolean; handshake: string | null; signal: AbortSignal },
  ): Promise<Handshake> {
    this.calls.push({ call: 'attach', workload, unit, generation, adopted: options.adopted });
    await Promise.race([this.onAttach(workload, generation, options.signal), aborted(options.signal)]);
    return { protocolVersion: '2025-11-25', serverName: 'simulated', serverVersion: '1', result: null };
  }

  drop(workload: string, unit: string | null, generation: number, verdict: Verdict): void {
    this.calls.push({ call: 'drop', workload, unit, generation, verdict });
  }

  state(workload: string, unit: string | null, state: ServingState): void {
    this.calls.push({ call: 'state', workload, unit, state });
  }

  inFlight(): number {
    return 0;
  }

  drain(): Promise<void> {
    return Promise.resolve();
  }

  close(workload: string): Promise<void> {
    this.opened.delete(workload);
    this.calls.push({ call: 'close', workload });
    return Promise.resolve();
  }

  /** What a unit is served as, by the last thing that was said of it. */
  serving(workload: string, unit: string | null = null): 'ready' | 'hold' | 'refuse' | null {
    let serving: 'ready' | 'hold' | 'refuse' | null = null;
    for (const entry of this.calls) {
      if (entry.call === 'open' || entry.call === 'close') continue;
      if (entry.workload !== workload || entry.unit !== unit) continue;
      serving = entry.call === 'state' ? entry.state.kind : entry.call === 'attach' ? 'ready' : 'hold';
    }
    return serving;
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new HoldfastError('HF_NOT_READY', { what: 'The handshake was given up' })), {
      once: true,
    });
  });
}
