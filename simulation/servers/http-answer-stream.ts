import type { ServerResponse } from './http-server.ts';
import type { Outlet } from './server-host.ts';
import type { ServerSession } from './server-session.ts';
import type { WireMessage } from './wire-types.ts';

/** The answer to a POST as an event stream. One with a name has event ids: it can be closed before the answer and be resumed (SEP-1699). */
export class HttpAnswerStream implements Outlet {
  readonly asks = true;
  readonly session: ServerSession;
  private readonly name: string | null;
  private response: ServerResponse | null = null;
  private readonly events: { readonly n: number; readonly text: string; readonly last: boolean }[] = [];
  private count = 0;

  constructor(name: string | null, session: ServerSession) {
    this.name = name;
    this.session = session;
  }

  /** Goes on on that connection, after the event `last`. */
  carry(response: ServerResponse, headers: Readonly<Record<string, string>>, last: string | null): void {
    this.response = response;
    response.head(200, { 'content-type': 'text/event-stream', ...headers });
    if (last === null) {
      if (this.name !== null) response.data(`id: ${this.name}.0\nretry: 200\ndata: \n\n`);
      return;
    }
    const after = Number(last.slice(last.lastIndexOf('.') + 1));
    for (const event of this.events) if (event.n > after) this.write(event);
  }

  /** The server closes the connection; its client is to come back. */
  pause(): void {
    this.response?.end();
    this.response = null;
  }

  send(json: string): void {
    this.count += 1;
    const last = (JSON.parse(json) as WireMessage).method === undefined;
    const id = this.name === null ? '' : `id: ${this.name}.${this.count}\n`;
    const event = { n: this.count, text: `${id}data: ${json}\n\n`, last };
    if (this.name !== null) this.events.push(event);
    this.write(event);
  }

  private write(event: { readonly text: string; readonly last: boolean }): void {
    this.response?.data(event.text);
    if (!event.last) return;
    this.response?.end();
    this.response = null;
  }
}
