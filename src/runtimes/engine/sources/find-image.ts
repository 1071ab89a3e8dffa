import { HoldfastError } from '../../../core/errors/holdfast-error.ts';
import type { Progress } from '../../../core/ports/progress.ts';
import type { LaunchRequest } from '../../../core/ports/source-resolver.ts';
import { isEngineError } from '../client/engine-error.ts';
import type { ImageState } from '../client/engine-images.ts';
import { engineFailureOf } from '../container/container-errors.ts';
import { namesToTry, parseImageReference } from '../registry/image-reference.ts';
import { registryCredentials } from '../registry/registry-credentials.ts';
import { callerOf, readTextFile } from './caller.ts';
import type { ChosenEngine } from './choose-engine.ts';
import { PullProgress } from './pull-progress.ts';

/** A pull may take that long, ms. */
const PULL_MS = 600_000;

export interface FoundImage {
  readonly image: ImageState;
  /** As the engine is asked for it. */
  readonly reference: string;
  readonly warnings: readonly string[];
}

/**
 * The image at the engine, pulled where it is missing. What is there already is never asked of a registry.
 * @throws HF_IMAGE_NOT_FOUND, HF_RUNTIME_UNAVAILABLE, HF_BAD_SPEC, HF_CANCELLED
 */
export async function findImage(
  request: LaunchRequest,
  engine: ChosenEngine,
  progress: Progress,
  signal: AbortSignal,
): Promise<FoundImage> {
  const { source } = request;
  const { images } = engine.client;
  const names = namesToTry(source, engine.version.kind);
  try {
    for (const reference of names) {
      const image = await images.inspect(reference);
      if (image) return { image, reference, warnings: [] };
    }
  } catch (error) {
    throw engineFailureOf(error, request.name);
  }
  const reference = names.at(-1) ?? source;
  const warnings = await pull(request, engine, reference, progress, signal);
  const image = await images.inspect(reference);
  if (image) return { image, reference, warnings };
  throw new HoldfastError('HF_IMAGE_NOT_FOUND', {
    what: `${source} was pulled, and the engine does not have it`,
    why: `asked for ${reference}`,
  });
}

async function pull(
  request: LaunchRequest,
  { client, version }: ChosenEngine,
  reference: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const parsed = parseImageReference(reference);
  const late = AbortSignal.timeout(PULL_MS);
  const either = AbortSignal.any([signal, late]);
  const caller = callerOf(request.caller.env);
  const credentials = await registryCredentials({ reference: parsed, kind: version.kind, caller, readText: readTextFile, signal: either });
  progress({ step: 'pull', message: `pulling ${reference}` });
  const told = new PullProgress(
    reference,
    (message) => progress({ step: 'pull', message }),
    () => performance.now(),
  );
  try {
    await client.images.pull({ reference, auth: credentials.auth, signal: either, progress: (step) => told.step(step) });
    return credentials.warnings;
  } catch (error) {
    if (signal.aborted) throw new HoldfastError('HF_CANCELLED', { what: `The pull of ${reference} was called off`, cause: error });
    if (late.aborted) throw notPulled(request.source, reference, 'it took longer than 10 minutes', parsed.registry, version.kind, error);
    if (!isEngineError(error, 'image-missing', 'refused')) throw engineFailureOf(error, request.name);
    const why = [error.words, ...credentials.warnings].join('; ');
    throw notPulled(request.source, reference, why, parsed.registry, version.kind, error);
  }
}

function notPulled(source: string, reference: string, why: string, registry: string, kind: string, cause: unknown): HoldfastError {
  const login = registry === 'docker.io' ? `${kind} login` : `${kind} login ${registry}`;
  return new HoldfastError('HF_IMAGE_NOT_FOUND', {
    what: `The image ${JSON.stringify(source)} is neither at the engine nor could ${reference} be pulled`,
    why,
    fix: `Check its name; where the registry asks for it, log in with \`${login}\`. A program is run with \`cmd://\`, a package with \`npx://\` or \`uvx://\`.`,
    data: { reference, registry },
    cause,
  });
}
