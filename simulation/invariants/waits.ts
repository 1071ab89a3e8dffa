import type { Process } from '../machine/process.ts';
import type { Run } from '../run-seed.ts';
import { type Asked, isOpen } from './asked.ts';
import { describe } from './ledger.ts';
import { checkRests } from './rests.ts';

const LOOK_MS = 500;
/** What timers, pipes and sockets may add to a bound, ms. */
const SLACK_MS = 5_000;
/** A lost request is repeated only within this time from its arrival, ms (sessions.md, "What is repeated"). */
const REPEAT_WITHIN_MS = 45_000;
/** How long after the news of a death the caller of an unsafe call may wait for its error, ms. */
const AT_ONCE_MS = 2_000;
/** No order of a user takes longer: ready timeout, grace, drain, late news of an exit, ms. */
const ORDER_MS = 300_000;

/** Looks again and again whether anything waits longer than it may. */
export function watchWaits(run: Run): void {
  const look = (): void => {
    for (const asked of run.ledger.pending) {
      if (!isOpen(asked)) run.ledger.pending.delete(asked);
      else if (asked.arrivedAt !== null && asked.awaySince === null) checkWait(run, asked, asked.arrivedAt);
    }
    checkRests(run);
    for (const given of run.user.open)
      if (run.time.monotonic() - given.at > ORDER_MS)
        run.fail('order-unanswered', `${given.order} ${given.intent.id} has no outcome after ${ORDER_MS / 1000} s`);
    run.time.after(run.ledger.pending.size > 0 ? LOOK_MS : 20 * LOOK_MS, look);
  };
  look();
}

function checkWait(run: Run, asked: Asked, arrivedAt: number): void {
  const { spec } = run.machine.planNamed(asked.workload);
  const now = run.time.monotonic();
  const last = asked.handed.at(-1);
  if (asked.method === 'initialize') {
    if (now > arrivedAt + spec.holdMs + spec.requestTimeoutMs + SLACK_MS)
      run.fail('no-bound', `${describe(asked)} has no answer after ${Math.round(now - arrivedAt)} ms`);
    return;
  }
  if (!last) {
    const mostMs = asked.refusedLate ? REPEAT_WITHIN_MS : spec.holdMs;
    if (now > arrivedAt + mostMs + SLACK_MS)
      run.fail('held-too-long', `${describe(asked)} waits since ${Math.round(now - arrivedAt)} ms and was never handed over`);
    return;
  }
  const process = run.machine.process(last.pid);
  const repeatUntil = arrivedAt + REPEAT_WITHIN_MS;
  if (now > Math.max(asked.aliveAt + spec.requestTimeoutMs, repeatUntil) + SLACK_MS)
    run.fail('no-bound', `${describe(asked)} has no answer after ${Math.round(now - arrivedAt)} ms`);
  const lostAt = process ? lossOf(process, last.at) : null;
  if (process === null || lostAt === null || run.daemon === null) return;
  const until = asked.tool === 'unsafe' ? lostAt : Math.max(lostAt, repeatUntil);
  if (now > Math.max(until, asked.aliveAt) + AT_ONCE_MS)
    run.fail(
      'lost-unanswered',
      `${describe(asked)} was in process ${process.pid}, whose end, or whose loss, is known since ${Math.round(now - lostAt)} ms`,
    );
}

/** When Holdfast was told that what was handed over at that time is lost: the process ended, or the connection to it. Null = it was not. */
function lossOf({ reportedAt, detachedAt }: Process, handedAt: number): number | null {
  if (reportedAt !== null) return reportedAt;
  return detachedAt !== null && detachedAt >= handedAt ? detachedAt : null;
}
