import type { EngineSurvey } from '../../../core/ports/engine-survey.ts';
import { discoverEngines } from '../discovery/discover-engines.ts';
import { probeEngine } from '../discovery/probe-engine.ts';
import { callerOf, readTextFile } from './caller.ts';

export function createEngineSurvey(): EngineSurvey {
  return {
    async survey(env) {
      const caller = callerOf(env);
      // Also those behind the chosen one: whoever asks wants to know what else there is.
      const { candidates } = await discoverEngines({ caller, only: null, probe: probeEngine, readText: readTextFile, all: true });
      return candidates.map(({ strategy, address, outcome, detail, version }) => ({
        strategy,
        address: address?.address ?? null,
        outcome,
        detail,
        engine: version && { kind: version.kind, version: version.version, apiVersion: version.apiVersion },
      }));
    },
  };
}
