import type { CheckedEngines } from '../../usecases/check-engines.ts';
import type { EngineCheck } from '../contract/engines.ts';

/** What was tried to find an engine, as the API shows it. */
export function presentEngines({ candidates, chosen }: CheckedEngines): EngineCheck {
  return {
    candidates: candidates.map((candidate) => ({
      strategy: candidate.strategy,
      address: candidate.address,
      outcome: candidate.outcome,
      detail: candidate.detail,
      engine: candidate.engine && {
        kind: candidate.engine.kind,
        version: candidate.engine.version,
        api_version: candidate.engine.apiVersion,
      },
      chosen: candidate === chosen,
    })),
  };
}
