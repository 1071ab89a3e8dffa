import { HoldfastError } from '../core/errors/holdfast-error.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { EngineCandidate, EngineSurvey } from '../core/ports/engine-survey.ts';

export interface EngineCheckOrder {
  /** Of the process that asks. */
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** What was tried to find an engine, and where images would run; `chosen` is null when no engine answers. */
export interface CheckedEngines {
  readonly candidates: readonly EngineCandidate[];
  readonly chosen: EngineCandidate | null;
}

/** @throws HF_RUNTIME_UNAVAILABLE when it took too long, HF_UNSUPPORTED where this daemon knows no engines */
export async function checkEngines(survey: EngineSurvey | undefined, clock: Clock, order: EngineCheckOrder): Promise<CheckedEngines> {
  if (survey === undefined) throw new HoldfastError('HF_UNSUPPORTED', { what: 'This daemon cannot look for container engines' });
  const candidates = await within(survey.survey(order.env), clock, order.timeoutMs);
  return { candidates, chosen: candidates.find(({ outcome }) => outcome === 'answers') ?? null };
}

function within<T>(work: Promise<T>, clock: Clock, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(timeoutMs, () =>
      reject(
        new HoldfastError('HF_RUNTIME_UNAVAILABLE', {
          what: `The engines did not all answer within ${timeoutMs / 1000} s`,
          fix: 'Wait longer with --timeout, or name one engine with DOCKER_HOST.',
        }),
      ),
    );
    work.then(resolve, reject).finally(cancel);
  });
}
