import type { Session } from '../session/session.ts';
import type { PendingRequests } from './own-requests.ts';
import type { UpstreamContext } from './upstream.ts';

/** How often it is looked for sessions that nothing is done for any more, ms. */
const LOOK_MS = 60_000;

/**
 * Keeps in the journal for which sessions a shared stdio server may be working. Where it outlives Holdfast, the next one must know: a
 * question about a call that only the last one knew is not for whoever calls then.
 */
export class SharedWork {
  private readonly context: UpstreamContext;
  private readonly pending: PendingRequests;
  private stopTimer: (() => void) | null = null;

  constructor(context: UpstreamContext, pending: PendingRequests) {
    this.context = context;
    this.pending = pending;
  }

  /** A request of the session is being handed to that generation. Written once for as long as it is busy. */
  begins(session: Session | null, generation: number): void {
    if (!session || session.workingIn === generation || !this.context.mayOutlive()) return;
    session.workingIn = generation;
    this.context.sessionChanged(session);
    this.lookLater();
  }

  /** An earlier Holdfast attached the process: what that one asked for it may still be doing. */
  takenOver(generation: number): void {
    this.pending.startAsSuccessor(this.context.workingIn(generation));
    this.lookLater();
  }

  /** @param goesOn the process may live on: for whom it does nothing is written down */
  close(goesOn: boolean): void {
    if (goesOn) this.look();
    this.stopTimer?.();
    this.stopTimer = null;
  }

  private lookLater(): void {
    this.stopTimer ??= this.context.clock.after(LOOK_MS, () => {
      this.stopTimer = null;
      if (this.look()) this.lookLater();
    });
  }

  /** True while something is at work. */
  private look(): boolean {
    const atWork = this.pending.sessions();
    for (const session of this.context.sessions()) {
      if (session.workingIn === null || atWork.has(session.id)) continue;
      session.workingIn = null;
      this.context.sessionChanged(session);
    }
    return atWork.size > 0;
  }
}
