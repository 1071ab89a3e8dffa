import { REQUEST_LIMIT_MS } from '../relay/lane-times.ts';

/** How many are known at most: a process may hang for days and be asked all the time. The oldest are forgotten first. */
const MOST_KNOWN = 10_000;

/**
 * Requests that were answered by an error of ours while their process may still work on them: what it asks may be about them. One is
 * known until the process answers it, or was heard of again and had an hour since, the longest that a request may take.
 */
export class GivenUp {
  /** The process said nothing since: it may not even have read that they are cancelled. */
  private readonly unheard = new Map<number, string>();
  /** The oldest first. */
  private readonly heard = new Map<number, { readonly session: string; readonly since: number }>();

  /** @param id their number at the process @param session the id of their session, which may end meanwhile */
  add(id: number, session: string): void {
    this.unheard.set(id, session);
    if (this.unheard.size + this.heard.size <= MOST_KNOWN) return;
    const oldest = this.heard.size > 0 ? this.heard : this.unheard;
    for (const first of oldest.keys()) return void oldest.delete(first);
  }

  /** The process answered that number; false where it stands for nothing here. */
  answered(id: number): boolean {
    return this.unheard.delete(id) || this.heard.delete(id);
  }

  /** The process said something. @param now monotonic ms */
  processSpoke(now: number): void {
    for (const [id, session] of this.unheard) this.heard.set(id, { session, since: now });
    this.unheard.clear();
    for (const [id, { since }] of this.heard) {
      if (now - since <= REQUEST_LIMIT_MS) return;
      this.heard.delete(id);
    }
  }

  /** The ids of their sessions. */
  sessions(): Set<string> {
    return new Set([...this.unheard.values(), ...Array.from(this.heard.values(), ({ session }) => session)]);
  }

  /** Nothing of that process will be heard any more. */
  clear(): void {
    this.unheard.clear();
    this.heard.clear();
  }
}
