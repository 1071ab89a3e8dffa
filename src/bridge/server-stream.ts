import type { HoldfastError } from '../core/errors/holdfast-error.ts';
import type { GatewayLink } from './gateway-link.ts';
import { codeOf, isEventStream, readEvents, readWhole } from './http-body.ts';
import type { LegacySession } from './legacy-session.ts';
import type { Outlet } from './outlet.ts';
import { pause } from './pause.ts';

/** Between two tries to open it again, ms. */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;
/** Nothing waits longer for it, ms. */
const OPEN_WITHIN_MS = 500;

/** The session's own event stream: what the server says and asks outside of requests. Opened again whenever it ends, until the bridge does. */
export class ServerStream {
  private readonly link: GatewayLink;
  private readonly outlet: Outlet;
  private readonly session: LegacySession;
  private readonly signal: AbortSignal;
  private isRunning = false;
  private lastId: string | null = null;
  /** Ends the connection that stands, or the pause before the next one. */
  private turn = new AbortController();
  /** Called at the next answer to a try. */
  private waiting: (() => void)[] = [];
  private renewal: Promise<HoldfastError | null> | null = null;

  constructor(link: GatewayLink, outlet: Outlet, session: LegacySession, signal: AbortSignal) {
    this.link = link;
    this.outlet = outlet;
    this.session = session;
    this.signal = signal;
  }

  /** Opens it, anew where it is open. Resolves when it is open, or cannot be for now: what the server says from then on is not missed. */
  async open(): Promise<void> {
    const tried = new AbortController();
    this.waiting.push(() => tried.abort());
    this.turn.abort();
    if (!this.isRunning) void this.run();
    await pause(OPEN_WITHIN_MS, AbortSignal.any([tried.signal, this.signal]));
  }

  /** Begins the session anew, stream included, once however many ask. @returns as `LegacySession.renew` */
  renewSession(dead: string | null, signal: AbortSignal): Promise<HoldfastError | null> {
    if (this.renewal === null && this.session.id !== dead) return Promise.resolve(null);
    this.renewal ??= this.renew(dead, signal).finally(() => (this.renewal = null));
    return this.renewal;
  }

  private async renew(dead: string | null, signal: AbortSignal): Promise<HoldfastError | null> {
    const error = await this.session.renew(dead, signal);
    if (error === null) await this.open();
    return error;
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    let wait = FIRST_PAUSE_MS;
    while (!this.signal.aborted) {
      this.turn = new AbortController();
      const signal = AbortSignal.any([this.signal, this.turn.signal]);
      wait = (await this.connect(signal)) ? FIRST_PAUSE_MS : Math.min(2 * wait, LONGEST_PAUSE_MS);
      await pause(wait, signal);
    }
  }

  /** @returns whether it was open, or may be now */
  private async connect(signal: AbortSignal): Promise<boolean> {
    const usedSession = this.session.id;
    const resumed = this.lastId === null ? {} : { 'last-event-id': this.lastId };
    const headers = { ...this.session.headers(), ...resumed, accept: 'text/event-stream' };
    const outcome = await this.link.whereItRuns({ method: 'GET', headers, body: null, signal });
    if (outcome.kind !== 'aborted') for (const tried of this.waiting.splice(0)) tried();
    if (outcome.kind !== 'answer') return false;
    const { response } = outcome;
    if (isEventStream(response)) {
      await readEvents(response, { event: (event) => this.event(event), tooLong: () => undefined }, () => this.outlet.ready());
      return true;
    }
    this.lastId = null;
    const body = await readWhole(response);
    if (response.statusCode !== 404 || body === null || codeOf(body) !== 'HF_SESSION_UNKNOWN') return false;
    // Whoever waits for the stream of the new session waits for the next turn.
    void this.renewSession(usedSession, this.signal);
    return (await this.session.renew(usedSession, this.signal)) === null;
  }

  private event({ id, data }: { readonly id: string | undefined; readonly data: Uint8Array | undefined }): void {
    if (id !== undefined && id !== '') this.lastId = id;
    if (data !== undefined && data.length > 0) this.outlet.write(data);
  }
}
