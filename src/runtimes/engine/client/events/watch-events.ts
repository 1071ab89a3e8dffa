import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineApi } from '../engine-api.ts';
import { EngineError, isEngineError } from '../engine-error.ts';
import { jsonLines } from '../http/json-lines.ts';
import { labelFilter, queryString } from '../http/query-string.ts';
import type { EngineEventListener, EngineEventStream, EngineEvents, EngineEventsQuery } from './engine-events.ts';
import { eventOf } from './event-line.ts';
import { ToldEvents } from './told-events.ts';

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5_000;
/** A stream that stood that long was a good one: the next loss begins with the shortest delay again. */
const STEADY_MS = 5_000;
const ATTEMPT = 'watch the events of the engine';

/** `close` ends every watch. */
export function createEventCalls(api: EngineApi): EngineEvents & { close(): void } {
  const watches = new Set<EngineEventStream>();
  return {
    watch(query, listener) {
      const watch = watchEvents(api, query, listener);
      watches.add(watch);
      return {
        close() {
          watches.delete(watch);
          watch.close();
        },
      };
    },
    close() {
      for (const watch of watches) watch.close();
    },
  };
}

function watchEvents(api: EngineApi, query: EngineEventsQuery, listener: EngineEventListener): EngineEventStream {
  const closing = new AbortController();
  const { signal } = closing;
  const told = new ToldEvents(query.since ?? null);
  let start: string | null = null;

  /** Rejects, or resolves when the engine ends the stream; `stood` is called once it stands. */
  async function readOnce(stood: () => void): Promise<void> {
    // By the engine's clock. Docker answers a moment before it begins to listen: without a time, what happens in between is lost.
    start ??= String(await api.clock());
    // `event=` is not asked for: Podman knows other words there. Networks carry no labels in events.
    const filters = labelFilter(query.labels, { type: ['container'] });
    const path = `/events${queryString({ filters, since: told.since() ?? start })}`;
    const ending = new AbortController();
    const stop = (): void => ending.abort();
    signal.addEventListener('abort', stop, { once: true });
    try {
      const { kind } = await api.version();
      const bound = kind === 'podman' ? { timeoutMs: 0 } : {};
      const opening = api.stream({ method: 'GET', path, attempt: ATTEMPT, subject: 'engine', signal: ending.signal, ...bound });
      // Whoever waits for it is told; after a failed ping nobody does.
      opening.catch(() => {});
      await (kind === 'podman' ? Promise.race([opening, answersElsewhere()]) : opening);
      stood();
      await deliver(await opening);
    } finally {
      signal.removeEventListener('abort', stop);
      ending.abort();
    }
  }

  /**
   * Podman 4 sends the head of its answer with the first event, which may take days; that the engine answers another call says as much.
   * What happens before it really listens is told all the same, because a time was asked for.
   */
  async function answersElsewhere(): Promise<void> {
    await api.call({ method: 'GET', path: '/_ping', attempt: ATTEMPT, subject: 'engine', signal });
  }

  async function deliver(incoming: IncomingMessage): Promise<void> {
    incoming.socket.setKeepAlive(true, 15_000);
    for await (const line of jsonLines(incoming, ATTEMPT)) {
      const event = eventOf(line);
      if (signal.aborted) return;
      if (event !== null && told.isNew(event)) listener.event(event);
    }
  }

  async function run(): Promise<void> {
    let delay = FIRST_DELAY_MS;
    let lossTold = false;
    while (!signal.aborted) {
      let since: number | null = null;
      let error: EngineError;
      try {
        await readOnce(() => {
          since = performance.now();
          lossTold = false;
          listener.connected();
        });
        error = new EngineError('unavailable', { attempt: ATTEMPT, words: 'the engine ended the stream' });
      } catch (thrown) {
        if (!isEngineError(thrown)) throw thrown;
        error = thrown;
      }
      if (signal.aborted) return;
      api.forget();
      if (lossTold) listener.stillLost?.(error);
      else listener.lost(error);
      lossTold = true;
      if (since !== null && performance.now() - since >= STEADY_MS) delay = FIRST_DELAY_MS;
      // An abort ends the wait, and the loop then.
      await sleep(delay, undefined, { signal }).catch(() => {});
      delay = Math.min(delay * 2, LONGEST_DELAY_MS);
    }
  }

  void run();
  return { close: () => closing.abort() };
}
