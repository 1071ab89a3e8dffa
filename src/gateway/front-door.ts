import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { maskKeys } from '../core/clients/keyed-url.ts';
import { asHoldfastError, HoldfastError } from '../core/errors/holdfast-error.ts';
import type { Log } from '../core/ports/log.ts';
import type { Relay } from '../core/relay/relay.ts';
import type { WorkloadSpec } from '../core/workload/spec.ts';
import { checkOrigin } from './downstream/guard.ts';
import { HttpReply } from './downstream/reply.ts';
import { refuse, serve } from './downstream/streamable-http.ts';
import { parseTarget, type Target } from './downstream/target.ts';

/** What is behind a name. */
export interface Behind {
  readonly relay: Relay;
  readonly spec: Pick<WorkloadSpec, 'allowedOrigins' | 'group'>;
  /** Why there is nothing for now, where it was removed by somebody else. */
  readonly gone: HoldfastError | null;
}

export interface FrontDoorOptions {
  readonly find: (workload: string) => Behind | null;
  /** Whether the peer of a connection may use keyless URLs. Asked once a connection. */
  readonly peerAllowed: (socket: Socket) => boolean | Promise<boolean>;
  /**
   * Whether that is the key of a registered client that shows workloads of that group. A wrong one looks like an unknown name: 401 and 403 open
   * login dialogs in some clients.
   */
  readonly keyOpens: (key: string, group: string) => boolean;
  readonly log: Log;
}

/** Lets requests in, or not: path, Host, Origin and peer are checked before anything of them is read. */
export class FrontDoor {
  private readonly options: FrontDoorOptions;
  private readonly peers = new WeakMap<Socket, boolean | Promise<boolean>>();

  constructor(options: FrontDoorOptions) {
    this.options = options;
  }

  /** @param only the one workload of a port of its own, null on the gateway's port */
  handle(request: IncomingMessage, response: ServerResponse, only: string | null): void {
    // The key authenticates, whoever the peer is.
    if (request.url?.startsWith('/k/')) return this.enter(request, response, only, false);
    const allowed = this.peerOf(request.socket);
    if (typeof allowed === 'boolean') return this.enter(request, response, only, allowed);
    allowed.then(
      (known) => this.enter(request, response, only, known),
      (error: unknown) => this.turnAway(request, response, error),
    );
  }

  private enter(request: IncomingMessage, response: ServerResponse, only: string | null, peerAllowed: boolean): void {
    try {
      const target = parseTarget(request.url ?? '/', only);
      const behind = target && this.options.find(target.workload);
      checkOrigin(request.headers, behind ? behind.spec.allowedOrigins : []);
      if (!target || !behind || !this.mayEnter(target, behind, peerAllowed)) throw unknown(request.url ?? '/');
      if (behind.gone) throw behind.gone;
      serve(request, response, behind.relay, target.clientKey, (error) => this.turnAway(request, response, error));
    } catch (error) {
      this.turnAway(request, response, error);
    }
  }

  private mayEnter({ clientKey }: Target, { spec }: Behind, peerAllowed: boolean): boolean {
    return clientKey === null ? peerAllowed : this.options.keyOpens(clientKey, spec.group);
  }

  private turnAway(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    request.resume();
    const failure = asHoldfastError(error);
    if (failure.code === 'HF_INTERNAL')
      this.options.log.error('a request failed', { error: failure.message, stack: stackOf(failure.cause) });
    // A defect after the answer began: the client must not take it for whole.
    if (response.headersSent) response.destroy();
    else refuse(new HttpReply(response), failure);
  }

  private peerOf(socket: Socket): boolean | Promise<boolean> {
    const known = this.peers.get(socket);
    if (known !== undefined) return known;
    const asked = this.options.peerAllowed(socket);
    this.peers.set(socket, asked);
    if (typeof asked === 'boolean') return asked;
    // From the second request on, the answer is there without a turn of the event loop.
    return asked.then((allowed) => {
      this.peers.set(socket, allowed);
      return allowed;
    });
  }
}

function unknown(url: string): HoldfastError {
  return new HoldfastError('HF_WORKLOAD_UNKNOWN', { what: `Nothing is served at ${JSON.stringify(maskKeys(url).slice(0, 100))}` });
}

function stackOf(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? '') : '';
}
