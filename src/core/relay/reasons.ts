import { HoldfastError } from '../errors/holdfast-error.ts';
import { describeExit, type ExitRecord } from '../workload/exit.ts';

/** What a caller is told whose request was in the server when it died. */
export function backendLost(workload: string, method: string, name: string | null, exit: ExitRecord | null): HoldfastError {
  const how = exit ? describeExit(exit) : 'the connection broke';
  const target = name === null ? method : `${method} ${name}`;
  return new HoldfastError('HF_BACKEND_LOST', {
    what: `The server ${workload} died (${how}) while ${target} was in flight; it may have been executed and was not repeated`,
  });
}

/** It waited as long as it may. */
export function holdExpired(workload: string, holdMs: number): HoldfastError {
  return new HoldfastError('HF_HOLD_EXPIRED', {
    what: `${workload} did not come back within ${holdMs / 1000} s; the request was not executed`,
  });
}

/** It would have to wait longer than it may. */
export function restartTooLate(workload: string, startsInMs: number): HoldfastError {
  const seconds = Math.ceil(startsInMs / 1000);
  const what = `${workload} starts again only in ${seconds} s, later than the hold limit; the request was not executed`;
  return new HoldfastError('HF_RESTART_TOO_LATE', { what });
}

export function holdFull(workload: string): HoldfastError {
  return new HoldfastError('HF_HOLD_FULL', { what: `Too much waits for ${workload} already` });
}

export function requestTimedOut(workload: string, method: string, timeoutMs: number): HoldfastError {
  return new HoldfastError('HF_REQUEST_TIMEOUT', { what: `${workload} did not answer ${method} within ${timeoutMs / 1000} s` });
}

/** An isolated workload runs as many processes as it may. */
export function sessionsFull(workload: string, most: number): HoldfastError {
  return new HoldfastError('HF_SESSIONS_FULL', { what: `${workload} runs ${most} isolated sessions already` });
}
