import type { HoldfastEvent } from '../ports/event-log.ts';
import { describeExit, type ExitRecord } from '../workload/exit.ts';
import type { UnitEvent } from './event.ts';
import { exitFacts } from './failures.ts';
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
  if (event.kind === 'begun') tellBegun(event, after, tell);
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
  if (after.undropped && !before.undropped) {
    const { lastLines: _lines, ...facts } = exitFacts(after.undropped);
    tell('backend.exited', exitLine(after.undropped), facts);
  }
  if (event.kind === 'start-failed') tell('backend.start-failed', event.error.message, { generation, code: event.error.code });
  tellOutcome(before, after, monotonic, tell);
  return entries;
}

type Tell = (type: string, message: string, data?: Record<string, unknown>) => void;

function tellBegun(event: Extract<UnitEvent, { kind: 'begun' }>, after: UnitState, tell: Tell): void {
  const { action } = event;
  if (action.kind === 'start') {
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
    else tell('workload.stopped', after.verdict.reason.message, { code: after.verdict.reason.code });
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
