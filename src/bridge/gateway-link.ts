import { Agent } from 'node:http';
import { asHoldfastError, HoldfastError } from '../core/errors/holdfast-error.ts';
import type { GatewayAddress } from './gateway-address.ts';
import { type HttpCall, type HttpOutcome, sendCall } from './http-call.ts';
import { pause } from './pause.ts';

/** How long a request waits for a gateway that is not there, ms: as long as the gateway itself holds one. */
const WAIT_MS = 30_000;
/** Between two tries to reach it, ms. */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;
/** Idle connections end before the gateway's own keep-alive does, ms: no request meets a closing one. */
const IDLE_MS = 30_000;

/** A request that a gateway took, or why none did. */
export type Delivery = Exclude<HttpOutcome, { kind: 'not-reached' }> | { readonly kind: 'failed'; readonly error: HoldfastError };

/** The way to the gateway: finds it, and finds it again when the daemon was started anew. */
export class GatewayLink {
  private readonly address: GatewayAddress;
  private readonly agent = new Agent({ keepAlive: true, timeout: IDLE_MS });
  private url: string | null = null;
  private asking: Promise<string> | null = null;

  constructor(address: GatewayAddress) {
    this.address = address;
  }

  /** Asks where the workload is. @throws as `GatewayAddress.demand` */
  async open(): Promise<void> {
    await this.demand();
  }

  /** Sends a request of the client. Waits for a gateway that is not there, and starts its daemon. */
  async deliver(call: HttpCall, connected?: () => void): Promise<Delivery> {
    const end = performance.now() + WAIT_MS;
    for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(2 * wait, LONGEST_PAUSE_MS)) {
      const outcome = await this.attempt(call, connected);
      if (outcome.kind !== 'failed' && outcome.kind !== 'not-reached') return outcome;
      const error = outcome.kind === 'failed' ? outcome.error : unreachable(outcome.why);
      if (error.definition.kind === 'user' || performance.now() + wait > end) return { kind: 'failed', error };
      await pause(wait, call.signal);
    }
  }

  /** Sends what can wait until somebody else needs the daemon. */
  async whereItRuns(call: HttpCall): Promise<HttpOutcome> {
    const url = this.url ?? (await this.address.look());
    if (url === null) return { kind: 'not-reached', why: 'nothing is served' };
    this.url = url;
    return this.noting(await sendCall(url, call, this.agent));
  }

  close(): void {
    this.agent.destroy();
  }

  private async attempt(call: HttpCall, connected?: () => void): Promise<HttpOutcome | { kind: 'failed'; error: HoldfastError }> {
    if (call.signal.aborted) return { kind: 'aborted' };
    try {
      return this.noting(await sendCall(this.url ?? (await this.demand()), call, this.agent, connected));
    } catch (error) {
      return { kind: 'failed', error: asHoldfastError(error) };
    }
  }

  /** A gateway that cannot be reached may come back elsewhere. */
  private noting(outcome: HttpOutcome): HttpOutcome {
    if (outcome.kind === 'not-reached') this.url = null;
    return outcome;
  }

  /** However many requests wait, one asks. */
  private demand(): Promise<string> {
    this.asking ??= this.address
      .demand()
      .then((url) => (this.url = url))
      .finally(() => (this.asking = null));
    return this.asking;
  }
}

function unreachable(why: string): HoldfastError {
  return new HoldfastError('HF_DAEMON_UNREACHABLE', { what: 'The gateway does not answer; the request was not executed', why });
}
