import type { Clock } from '../../../core/ports/clock.ts';
import type { Log } from '../../../core/ports/log.ts';
import type { ContainerSummary } from '../client/containers/container-state.ts';
import type { EngineClient } from '../client/engine-client.ts';
import { type EngineError, isEngineError } from '../client/engine-error.ts';
import type { EngineEvent, EngineEventStream } from '../client/events/engine-events.ts';
import { LABEL } from '../container/labels.ts';
import { Outages } from './outages.ts';

/** How often everything is listed, in case that an event was lost. */
const LISTING_MS = 30_000;
const LISTING_RETRY_MS = 1_000;

export interface EngineWatchListener {
  /** Of a container of this instance. */
  event(event: EngineEvent): void;
  /** Everything of this instance that is there. Called after each connection and every 30 s. */
  listed(containers: readonly ContainerSummary[], news: 'connected' | 'routine'): Promise<void>;
  /** The engine does not answer. Told again while that is so. */
  lost(why: string): void;
  /** It answers again, and what lived through it was looked at. @param since wall clock ms */
  back(since: number): void;
}

export interface EngineWatchOptions {
  readonly client: EngineClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly instance: string;
  readonly listener: EngineWatchListener;
}

/**
 * One stream of events for all containers of an instance, and a full listing where the stream may have missed something. Nothing else is
 * asked of an engine while nothing happens.
 */
export class EngineWatch {
  readonly outages = new Outages();
  readonly #options: EngineWatchOptions;
  #stream: EngineEventStream | null = null;
  #known: Promise<void>;
  #tellKnown: () => void = () => undefined;
  #cancelListing: () => void = () => undefined;
  /** Counts connections: what belongs to an earlier one has no say. */
  #connection = 0;
  #why = '';

  constructor(options: EngineWatchOptions) {
    this.#options = options;
    this.#known = this.#unknown();
  }

  /** Begins to watch; once it does, nothing happens. */
  open(): void {
    if (this.#stream) return;
    const { client, instance, listener } = this.#options;
    this.#stream = client.events.watch(
      { labels: { [LABEL.instance]: instance } },
      {
        event: (event) => listener.event(event),
        connected: () => this.#connected(),
        lost: (error) => this.#lost(error),
        stillLost: (error) => this.#away(error),
      },
    );
  }

  close(): void {
    this.#stream?.close();
    this.#stream = null;
    this.#connection += 1;
    this.#cancelListing();
    this.#known = this.#unknown();
  }

  /** Resolves once it is known whether the engine answers: from then on no event is missed, or it is away. */
  ready(): Promise<void> {
    this.open();
    return this.#known;
  }

  /** Why it does not answer; null while it does. */
  get away(): string | null {
    return this.outages.since === null ? null : this.#why;
  }

  #unknown(): Promise<void> {
    return new Promise((resolve) => {
      this.#tellKnown = resolve;
    });
  }

  #lost(error: EngineError): void {
    this.#connection += 1;
    this.#cancelListing();
    this.#away(error);
    this.#tellKnown();
  }

  #away(error: EngineError): void {
    const { clock, log, listener } = this.#options;
    this.#why = error.message;
    if (this.outages.since === null) {
      this.outages.begin(clock.now());
      log.warn('the engine does not answer; nothing is concluded about its containers', { why: error.message });
    }
    // Once more for what was started meanwhile: the engine may have come back, and have gone again, between two looks.
    listener.lost(error.message);
  }

  #connected(): void {
    this.#connection += 1;
    this.#tellKnown();
    void this.#list(this.#connection, 'connected');
  }

  async #list(connection: number, news: 'connected' | 'routine'): Promise<void> {
    const { client, clock, log, instance, listener } = this.#options;
    this.#cancelListing();
    try {
      const containers = await client.containers.list({ [LABEL.instance]: instance });
      if (connection !== this.#connection) return;
      await listener.listed(containers, news);
    } catch (error) {
      if (connection !== this.#connection) return;
      log.debug('the containers cannot be listed', { error: String(error) });
      // Its stream stands, and yet it does not answer: stopped, or very busy.
      if (isEngineError(error, 'unavailable')) this.#away(error);
      return this.#listIn(LISTING_RETRY_MS, connection, news);
    }
    if (connection !== this.#connection) return;
    const since = this.outages.end(clock.now());
    if (since !== null) {
      log.info('the engine answers again', { awayMs: clock.now() - since });
      listener.back(since);
    }
    this.#listIn(LISTING_MS, connection, 'routine');
  }

  #listIn(ms: number, connection: number, news: 'connected' | 'routine'): void {
    this.#cancelListing = this.#options.clock.after(ms, () => {
      if (connection === this.#connection) void this.#list(connection, news);
    });
  }
}
