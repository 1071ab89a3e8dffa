import { type Dispatcher, Pool } from 'undici';
import type { HttpCall, HttpCaller, HttpConnection, HttpEvents } from '../../core/ports/http-caller.ts';

/** Shorter than what any server in the field keeps idle connections for: a request never meets a closing socket of theirs, ms. */
const KEEP_ALIVE_MS = 2_000;
const CONNECT_MS = 5_000;

const options: Pool.Options = {
  pipelining: 1,
  keepAliveTimeout: KEEP_ALIVE_MS,
  keepAliveMaxTimeout: KEEP_ALIVE_MS,
  // A tool may work for long and a stream may be silent for ever; the request timeout is the relay's.
  headersTimeout: 0,
  bodyTimeout: 0,
  connect: { timeout: CONNECT_MS },
};

/** HTTP to backends through undici's `dispatch`: one pool for a generation, and one of its own for streams. */
export function createHttpCaller(): HttpCaller {
  return { connect };
}

function connect(url: string): HttpConnection {
  const { origin, pathname, search } = new URL(url);
  const path = pathname + search;
  const requests = new Pool(origin, options);
  const streams = new Pool(origin, options);
  return {
    call(call, events) {
      const running = new RunningCall(events);
      const { method, body } = call;
      (call.longLived ? streams : requests).dispatch({ path, method, headers: mutable(call.headers), body }, running);
      return running;
    },
    close() {
      // What still runs ends with an error; whoever waits for it was told by the lane before.
      void requests.destroy();
      void streams.destroy();
    },
  };
}

/** undici does not change the headers that it is given; its type just does not say so. */
function mutable(headers: HttpCall['headers']): Record<string, string | string[]> {
  return headers as Record<string, string | string[]>;
}

/** The handler of one call. `started` is set when a connection stands and the request is about to be written: before that nothing was sent. */
class RunningCall implements Dispatcher.DispatchHandler {
  private readonly events: HttpEvents;
  private controller: Dispatcher.DispatchController | null = null;
  private started = false;
  private aborted = false;
  private over = false;

  constructor(events: HttpEvents) {
    this.events = events;
  }

  abort(): void {
    if (this.over) return;
    this.aborted = true;
    this.controller?.abort(new Error('aborted'));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.started = true;
    this.controller = controller;
    if (this.aborted) controller.abort(new Error('aborted'));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (!this.aborted) this.events.head(status, headers);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.aborted) this.events.data(chunk);
  }

  onResponseEnd(): void {
    this.over = true;
    if (!this.aborted) this.events.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.over) return;
    this.over = true;
    if (!this.aborted) this.events.failed(this.started, error.message);
  }
}
