import type { Session } from '../session/session.ts';

export interface ServerRequest {
  readonly session: Session;
  readonly method: string;
  /** The id as the server wrote it. */
  readonly idBytes: Uint8Array;
  readonly idKey: string;
  readonly generation: number;
}

/** Questions that clients have not answered, in all: some never are, and nobody says so. */
const MOST_OPEN = 1_000;

/** Requests of servers that clients have not answered. Their ids are ours, since a new generation begins to count at 0 again. */
export class ServerRequests {
  private readonly open = new Map<string, ServerRequest>();
  private count = 0;

  /** Registers one; returns the id that the client sees, as JSON bytes. */
  add(request: ServerRequest): Uint8Array {
    this.count += 1;
    const id = `"hf-${request.generation}-${this.count}"`;
    this.open.set(id, request);
    const oldest = this.open.size > MOST_OPEN ? this.open.keys().next().value : undefined;
    if (oldest !== undefined) this.open.delete(oldest);
    return new TextEncoder().encode(id);
  }

  /** Takes the one that a client answers; null for an id that was never given to this session, or was answered. */
  take(session: Session, idKey: string): ServerRequest | null {
    const request = this.open.get(idKey);
    if (!request || request.session !== session) return null;
    this.open.delete(idKey);
    return request;
  }

  /** The id that the client knows, of a request that the server cancels; it is closed. */
  cancel(generation: number, serverIdKey: string, session: Session | null): { readonly session: Session; readonly id: Uint8Array } | null {
    for (const [id, request] of this.open) {
      if (request.generation !== generation || request.idKey !== serverIdKey) continue;
      if (session && request.session !== session) continue;
      this.open.delete(id);
      return { session: request.session, id: new TextEncoder().encode(id) };
    }
    return null;
  }

  /** Takes out what matches: of a dead generation, or of a session that ended. */
  takeWhere(matches: (request: ServerRequest) => boolean): { readonly id: string; readonly request: ServerRequest }[] {
    const taken: { id: string; request: ServerRequest }[] = [];
    for (const [id, request] of this.open) if (matches(request)) taken.push({ id, request });
    for (const { id } of taken) this.open.delete(id);
    return taken;
  }
}
