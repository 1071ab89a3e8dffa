import type { GatewayLink } from './gateway-link.ts';
import { codeOf, readWhole } from './http-body.ts';
import type { LegacySession } from './legacy-session.ts';
import { postHeaders } from './post-headers.ts';
import type { ServerStream } from './server-stream.ts';

/** What wants no answer: a notification, an answer of the client to the server, a batch of these. */
export interface Said {
  readonly body: Uint8Array;
  /** What it is, for people. */
  readonly name: string;
  /** An answer means nothing to a session that was begun anew. */
  readonly isAnswer: boolean;
  /** Those of the 2026-07-28 era; null = the session's. */
  readonly headers: Readonly<Record<string, string>> | null;
}

export interface OneWayHost {
  readonly link: GatewayLink;
  readonly session: LegacySession;
  readonly serverStream: ServerStream;
  /** Something worth knowing. */
  readonly note: (text: string) => void;
  /** The bridge ends. */
  readonly signal: AbortSignal;
}

/** A gateway takes these at once; one that does not is not waited for any longer, ms. */
const TAKEN_WITHIN_MS = 60_000;

/** What the client says without waiting for an answer, in its order: one after another. */
export class OneWay {
  /** How many wait. */
  count = 0;
  private readonly host: OneWayHost;
  private last: Promise<void> = Promise.resolve();

  constructor(host: OneWayHost) {
    this.host = host;
  }

  /** Resolves when it was taken, or cannot be. @param before what has to be done first */
  send(said: Said, before: Promise<void>): Promise<void> {
    this.count += 1;
    const previous = this.last;
    this.last = (async () => {
      await before;
      await previous;
      await this.deliver(said, true);
      this.count -= 1;
    })();
    return this.last;
  }

  /** Resolves when all that was sent until now was taken. */
  settled(): Promise<void> {
    return this.last;
  }

  private async deliver(said: Said, mayRenew: boolean): Promise<void> {
    const { link, session, serverStream, note, signal } = this.host;
    const usedSession = session.id;
    const headers = { ...postHeaders, ...(said.headers ?? session.headers()) };
    const late = AbortSignal.timeout(TAKEN_WITHIN_MS);
    const delivery = await link.deliver({ method: 'POST', headers, body: said.body, signal: AbortSignal.any([signal, late]) });
    if (delivery.kind === 'aborted' && late.aborted) note(`${said.name} of the client was not taken within ${TAKEN_WITHIN_MS / 1000} s`);
    if (delivery.kind === 'failed') note(`${said.name} of the client was not delivered: ${delivery.error.message}`);
    if (delivery.kind !== 'answer') return;
    const status = delivery.response.statusCode ?? 0;
    const body = await readWhole(delivery.response);
    if (status < 400) return;
    if (said.headers === null && !said.isAnswer && body !== null && codeOf(body) === 'HF_SESSION_UNKNOWN') {
      if (mayRenew && (await serverStream.renewSession(usedSession, signal)) === null) await this.deliver(said, false);
      return;
    }
    note(`${said.name} of the client was refused with HTTP status ${status}`);
  }
}
