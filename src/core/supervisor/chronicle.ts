import type { HoldfastEvent } from '../ports/event-log.ts';
import { describeExit, type ExitRecord } from '../workload/exit.ts';
import type { UnitEvent } from './event.ts';
import { exitFacts } from './failures.ts';
import { REMOVED_OUTSIDE } from './outside.ts';
import { mustEnd, type UnitState } from './unit.ts';

/** An entry of the event log before it has a number and a time. */
export type Entry = Omit<HoldfastEvent, 'seq' | 'at'>;

/**
 * What a transition is worth telling people and programs. `unit`: the session under `--sessions isolated`, null for the shared backend;
 * `monotonic`: when it was decided, ms.
 */
export function chronicle(
  workload: string,
  unit: string | null,
  before: UnitState,
  event: UnitEvent,
  after: UnitState,
  monotonic: number,
): Entry[] {
  if (before === after) return [];
  const entries: Entry[] = [];
  const tell = (type: string, message: string, data: Record<string, unknown> = {}): void => {
    entries.push({ type, workload, message, data: unit === null ? data : { unit, ...data } });
  };
  const generation = after.generation;
  if (event.kind === 'begun') tellBegun(event, before, after, tell);
  if (event.kind === 'ready') {
    if (after.adopted) tell('backend.adopted', `generation ${generation} lived on and was taken over`, { generation });
    const tookMs = after.backend ? Math.max(0, (after.backend.readyAt ?? 0) - after.backend.startedAt) : 0;
    if (!after.adopted) tell('backend.ready', `generation ${generation} is ready`, { generation, tookMs });
  }
  if (event.kind === 'not-ready' && after.ending && !before.ending) {
    tell('backend.not-ready', event.error.message, { generation, code: event.error.code });
  }
  if ((event.kind === 'unhealthy' || event.kind === 'connection-lost') && after.ending && !before.ending) {
    tell('backend.unhealthy', `generation ${generation}: ${event.why}`, { generation, why: after.ending.why });
  }
  if (event.kind === 'appeared' && after.want === 'stopped') {
    tell('workload.kept-down', `somebody else started it, and it is to be stopped: it is ended; \`holdfast start ${workload}\` runs it`);
  }
  if (event.kind === 'started' && event.byOther) {
    tell('backend.restarted-outside', `generation ${generation} was started by somebody else and is taken over`, { generation });
  } else if (event.kind === 'started' && isRevival(before)) {
    tell('workload.revived', `somebody else stopped it, and its policy revives it; \`holdfast stop ${workload}\` keeps it down`);
  }
  if (after.undropped && !before.undropped) tellExit(after.undropped, tell);
  if (event.kind === 'start-failed' && !isOutage(after) && !isRemoval(after)) {
    tell('backend.start-failed', event.error.message, { generation, code: event.error.code });
  }
  tellCondition(before, after, tell);
  tellOutcome(before, after, monotonic, tell);
  return entries;
}

type Tell = (type: string, message: string, data?: Record<string, unknown>) => void;

/** Known only when it was Holdfast that started it again: who stops a server may be about to start it. */
function isRevival({ phase, lastExit, restarting, want }: UnitState): boolean {
  return phase === 'starting' && want === 'running' && restarting === 'crash' && lastExit?.byOther === true && lastExit.cause !== 'engine';
}

function tellExit(exit: ExitRecord, tell: Tell): void {
  const { lastLines: _lines, ...facts } = exitFacts(exit);
  if (exit.livesOn) return tell('backend.detached', `${exitLine(exit)}; whether it lives on is being asked`, facts);
  tell('backend.exited', exitLine(exit), facts);
}

/** Told once for an outage, however often it is tried again. */
function tellCondition(before: UnitState, after: UnitState, tell: Tell): void {
  const { generation } = after;
  if (after.away && !before.away) tell('runtime.unavailable', after.failure?.message ?? 'the runtime does not answer', { generation });
  if (before.away && !after.away && after.want === 'running') tell('runtime.available', 'the runtime answers again', { generation });
  const now = after.condition;
  if (now.kind === before.condition.kind || !after.backend) return;
  if (now.kind === 'paused') tell('backend.paused', `generation ${generation} was paused by somebody else`, { generation });
  else if (now.kind === 'unreachable') tell('runtime.unavailable', now.why, { generation });
  else if (before.condition.kind === 'paused') tell('backend.resumed', `generation ${generation} goes on`, { generation });
  else tell('runtime.available', `the runtime answers again, and generation ${generation} lived on`, { generation });
}

function isOutage({ away }: UnitState): boolean {
  return away !== null;
}

function isRemoval({ verdict }: UnitState): boolean {
  return verdict?.reason.code === REMOVED_OUTSIDE;
}

function tellBegun(event: Extract<UnitEvent, { kind: 'begun' }>, before: UnitState, after: UnitState, tell: Tell): void {
  const { action } = event;
  if (action.kind === 'start' && !isOutage(before)) {
    tell('backend.starting', `generation ${action.generation} is being started`, {
      generation: action.generation,
      restart: after.restarting !== null,
    });
  }
  if (action.kind === 'stop' && mustEnd(after) === 'stop')
    tell('workload.stopping', `generation ${action.generation} is being stopped`, { generation: action.generation });
}

/** What became of the unit, told once when it becomes so. */
function tellOutcome(before: UnitState, after: UnitState, monotonic: number, tell: Tell): void {
  const { reason } = after;
  if (reason?.code === 'crash-looping' && before.reason?.code !== 'crash-looping') {
    tell('workload.crash-looping', reason.message, { attempts: after.ladder.attempts });
  }
  if (after.ladder.nextStartAt !== null && after.ladder.nextStartAt !== before.ladder.nextStartAt && after.dueAt !== before.dueAt) {
    tell('workload.backoff', `next start at ${new Date(after.ladder.nextStartAt).toISOString()}`, {
      attempts: after.ladder.attempts,
      nextStartAt: after.ladder.nextStartAt,
      delayMs: Math.max(0, Math.round((after.dueAt ?? monotonic) - monotonic)),
      reason: reason?.code ?? null,
    });
  }
  if (after.verdict && after.verdict !== before.verdict) {
    if (after.verdict.kind === 'failed') tell('workload.failed', after.verdict.reason.message, { code: after.verdict.reason.code });
    else
      tell(isRemoval(after) ? 'workload.removed-outside' : 'workload.stopped', after.verdict.reason.message, {
        code: after.verdict.reason.code,
      });
  }
  if (isDown(after) && !isDown(before)) tell('workload.stopped', 'stopped', { code: 'stop' });
}

function isDown(state: UnitState): boolean {
  return state.want === 'stopped' && state.phase === 'idle' && state.swept;
}

/** One line for the event log, e.g. `generation 3: SIGKILL after 12.3 s`. */
function exitLine(exit: ExitRecord): string {
  const seconds = Math.max(0, exit.endedAt - exit.startedAt) / 1_000;
  return `generation ${exit.generation}: ${describeExit(exit)} after ${seconds.toFixed(1)} s`;
}
