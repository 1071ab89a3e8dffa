import { HoldfastError } from '../core/errors/holdfast-error.ts';
import { newUnit, type UnitState } from '../core/supervisor/unit.ts';
import type { Retired } from './overview.ts';
import { type LoopHost, UnitLoop } from './unit-loop.ts';

/** What the sessions' units need of their workload. */
export interface SessionsHost extends LoopHost {
  readonly isolated: boolean;
  /** The daemon is stopping: nobody gets a backend any more. */
  readonly suspended: boolean;
  readonly main: UnitLoop;
}

/** The backends of a workload under `--sessions isolated`: one unit a session, made when it needs one, forgotten when it is over. */
export class SessionUnits {
  readonly #workload: SessionsHost;
  readonly #units = new Map<string, UnitLoop>();
  retired: Retired = { restarts: 0, lastExit: null };

  constructor(workload: SessionsHost) {
    this.#workload = workload;
  }

  get idle(): boolean {
    return this.#units.size === 0;
  }

  states(): UnitState[] {
    return [...this.#units.values()].map((unit) => unit.state);
  }

  loops(): UnitLoop[] {
    return [...this.#units.values()];
  }

  find(session: string): UnitLoop | null {
    return this.#units.get(session) ?? null;
  }

  /** A session needs a backend. Refused where the workload is stopped or runs as many as it may. */
  need(session: string): void {
    const { spec, gateway, main } = this.#workload;
    if (!this.#workload.isolated || this.#workload.suspended) return;
    const present = this.#units.get(session);
    if (spec.desired !== 'running' || main.state.want === 'gone' || main.state.verdict) {
      gateway.state(spec.name, session, {
        kind: 'refuse',
        error: new HoldfastError('HF_WORKLOAD_STOPPED', { what: `${spec.name} is stopped` }),
      });
      return;
    }
    if (present) {
      // One that was given up stays so until somebody starts the workload; one that is being released is wanted again.
      if (present.state.want !== 'running') present.post({ kind: 'start-asked' });
      return;
    }
    if (!this.#hasRoom(spec.maxSessions)) {
      gateway.state(spec.name, session, { kind: 'refuse', error: full(spec.name, spec.maxSessions) });
      return;
    }
    const unit = new UnitLoop(this.#workload, session, newUnit('running', true));
    this.#units.set(session, unit);
    unit.post({ kind: 'tick' });
  }

  /** Backends of sessions that are over make room before they have ended; how many may be ending at a time is bounded as well. */
  #hasRoom(most: number): boolean {
    const wanted = this.loops().filter(({ state }) => state.want === 'running').length;
    return wanted < most && this.#units.size < 2 * most;
  }

  /** A session is over, or idle: its backend goes. */
  release(session: string): void {
    this.#units.get(session)?.post({ kind: 'stop-asked', graceMs: null });
  }

  releaseAll(graceMs: number | null): void {
    for (const unit of this.loops()) unit.post({ kind: 'stop-asked', graceMs });
  }

  /** Replaces every backend; those that were given up get another chance. */
  renewAll(): void {
    for (const unit of this.loops()) if (unit.state.want === 'running') unit.post({ kind: 'renew-asked' });
  }

  /** Gives those that failed, or wait for their next start, another chance at once; those that come up begin their delays anew. */
  retryFailed(): void {
    for (const unit of this.loops()) if (unit.state.want === 'running') unit.post({ kind: 'start-asked' });
  }

  /** Forgets a unit that is released and has ended. */
  settle(unit: UnitLoop): void {
    if (unit.unit === null || this.#units.get(unit.unit) !== unit) return;
    const { state } = unit;
    if (state.want === 'running' || state.phase !== 'idle' || !state.swept || state.undropped) return;
    this.#units.delete(unit.unit);
    const { lastExit } = this.retired;
    const later = state.lastExit && (!lastExit || state.lastExit.endedAt > lastExit.endedAt) ? state.lastExit : lastExit;
    this.retired = { restarts: this.retired.restarts + state.restarts, lastExit: later };
  }

  /** What the gateway does with requests that have no session yet. */
  serveWorkload(): void {
    const { spec, gateway, main } = this.#workload;
    const { want, phase, verdict, reason } = main.state;
    if (verdict) {
      const error = new HoldfastError('HF_WORKLOAD_FAILED', {
        what: `${spec.name} has failed`,
        ...(reason ? { why: reason.message } : {}),
      });
      gateway.state(spec.name, null, { kind: 'refuse', error });
    } else if (spec.desired === 'stopped' || want === 'gone') {
      gateway.state(spec.name, null, {
        kind: 'refuse',
        error: new HoldfastError('HF_WORKLOAD_STOPPED', { what: `${spec.name} is stopped` }),
      });
    } else {
      const trial = want === 'running' || (phase !== 'idle' && phase !== 'sweeping');
      gateway.state(spec.name, null, trial ? { kind: 'hold', nextStartAt: null } : { kind: 'ready' });
    }
  }

  silence(): void {
    for (const unit of this.#units.values()) unit.silence();
  }
}

function full(name: string, most: number): HoldfastError {
  return new HoldfastError('HF_SESSIONS_FULL', { what: `${name} runs ${most} isolated sessions already` });
}
