import type { ErrorCode } from '../errors/catalogue.ts';
import { HoldfastError } from '../errors/holdfast-error.ts';
import { describeExit, type ExitRecord } from '../workload/exit.ts';

/**
 * Errors of a start that no waiting can cure. A taken port is not among them: its owner may go. Neither is what the operating system
 * refuses for lack of memory, processes or disk; an engine that refuses a container for such a reason says so in `data.passing`.
 */
const FINAL: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'HF_COMMAND_NOT_FOUND',
  'HF_COMMAND_NOT_EXECUTABLE',
  'HF_PACKAGE_NOT_FOUND',
  'HF_IMAGE_NOT_FOUND',
  'HF_CONTAINER_REFUSED',
  'HF_BAD_SPEC',
  'HF_BAD_NAME',
  'HF_UNSUPPORTED',
  'HF_SECRET_UNKNOWN',
  'HF_SECRET_VALUE',
  'HF_SECRETS_LOCKED',
  'HF_SECRETS_DAMAGED',
]);

/** True where the next attempt would meet the same error. */
export function isFinal(error: HoldfastError): boolean {
  return FINAL.has(error.code) && error.data['passing'] !== true;
}

/** How many lines of a log an error shows to people; `data` carries all that were kept. */
const SHOWN_LINES = 10;

/** An attempt to start that ended before it was ready, as the caller of `run` or `start` reads it. */
export function attemptError(name: string, exit: ExitRecord, error: HoldfastError | null): HoldfastError {
  const data = { ...error?.data, ...exitFacts(exit) };
  const lines = exit.lastLines.slice(-SHOWN_LINES);
  const output = lines.length > 0 ? `; its last output:\n${lines.map((line) => `  ${line}`).join('\n')}` : '; it wrote nothing to its log';
  if (error) {
    const why = error.why === undefined ? output.slice(2) : `${error.why}${output}`;
    const what =
      error.why !== undefined && error.message.endsWith(`: ${error.why}`) ? error.message.slice(0, -error.why.length - 2) : error.message;
    return new HoldfastError(error.code, { what, why, fix: error.fix, data, cause: error });
  }
  return new HoldfastError('HF_START_FAILED', {
    what: `The server of ${name} ended before it was ready`,
    why: `${describeExit(exit)}${output}`,
    data,
  });
}

/** The forensics of an exit as machine-readable facts. */
export function exitFacts(exit: ExitRecord): Record<string, unknown> {
  return {
    generation: exit.generation,
    cause: exit.cause,
    exitCode: exit.exitCode,
    signal: exit.signal,
    oom: exit.oom,
    ...(exit.memoryLimit === undefined ? {} : { memoryLimit: exit.memoryLimit }),
    ...(exit.byOther ? { byOther: true } : {}),
    lastLines: exit.lastLines,
  };
}
