import { HoldfastError } from '../../../core/errors/holdfast-error.ts';
import type { LaunchRequest } from '../../../core/ports/source-resolver.ts';
import { createEngineClient, type EngineClient } from '../client/engine-client.ts';
import { isEngineError } from '../client/engine-error.ts';
import type { EngineKind, EngineVersion } from '../client/engine-system.ts';
import { isAnother } from '../container/engine-facts.ts';
import { discoverEngines, type EngineCandidate } from '../discovery/discover-engines.ts';
import { probeEngine } from '../discovery/probe-engine.ts';
import { callerOf, readTextFile } from './caller.ts';

export interface ChosenEngine {
  /** To be closed by the caller. */
  readonly client: EngineClient;
  readonly version: EngineVersion;
  /** How it was found, for people. */
  readonly strategy: string;
}

/**
 * The engine for an image: the one that the workload is bound to, else the first that answers by the caller's environment.
 * @throws HF_RUNTIME_UNAVAILABLE with everything that was tried
 */
export async function chooseEngine(request: LaunchRequest): Promise<ChosenEngine> {
  if (request.engine) return boundEngine(request, request.engine);
  const only = request.runtime === 'docker' || request.runtime === 'podman' ? request.runtime : null;
  const { chosen, candidates } = await discoverEngines({
    caller: callerOf(request.caller.env),
    only,
    probe: probeEngine,
    readText: readTextFile,
  });
  if (chosen === null) throw noEngine(request.source, only, candidates);
  return { client: createEngineClient({ address: chosen.address }), version: chosen.version, strategy: chosen.strategy };
}

async function boundEngine(request: LaunchRequest, engine: NonNullable<LaunchRequest['engine']>): Promise<ChosenEngine> {
  const client = createEngineClient({ address: engine });
  try {
    const [version, info] = await Promise.all([client.system.version(), client.system.info()]);
    if (!isAnother(engine.id, info.id)) return { client, version, strategy: 'the engine of the workload' };
  } catch (error) {
    client.close();
    if (!isEngineError(error)) throw error;
    throw new HoldfastError('HF_RUNTIME_UNAVAILABLE', {
      what: `The engine of ${request.name} does not answer`,
      why: error.message,
      cause: error,
    });
  }
  client.close();
  throw new HoldfastError('HF_RUNTIME_UNAVAILABLE', {
    what: `The engine of ${request.name} does not answer`,
    why: `another engine answers at ${engine.address}`,
  });
}

function noEngine(source: string, only: EngineKind | null, candidates: readonly EngineCandidate[]): HoldfastError {
  const tried = candidates.map(({ strategy, address, detail, outcome }) => {
    const where = address === null ? strategy : `${strategy} (${address.address})`;
    return `  ${where}: ${detail === '' ? outcome : detail}`;
  });
  return new HoldfastError('HF_RUNTIME_UNAVAILABLE', {
    what: `${JSON.stringify(source)} is an image, and no ${only ?? 'container'} engine answers`,
    why: tried.length === 0 ? 'there is no place to look for one' : `tried\n${tried.join('\n')}`,
    fix: `Start ${only === null ? 'Docker or Podman' : only}, or name its socket in DOCKER_HOST; a program is run with \`cmd://PROGRAM\`.`,
    data: { tried: candidates.map(({ strategy, address, outcome }) => ({ strategy, address: address?.address ?? null, outcome })) },
  });
}
