import { asHoldfastError, HoldfastError } from '../../../core/errors/holdfast-error.ts';
import { type EngineError, type EngineErrorReason, isEngineError } from '../client/engine-error.ts';

const FIXES: Partial<Record<EngineErrorReason, string>> = {
  'no-program': 'Check the image and what comes after `--`: the image decides what is run, and has no such program, or may not execute it.',
  architecture: 'Use an image for the architecture of the engine’s machine.',
  'no-network': 'Create the network, or choose another with `--network`.',
  'no-permission': 'Allow your user to use the engine’s socket.',
};

/** What an engine said about the container of a workload, for whoever is outside of `runtimes/engine`; its own words stay in `why`. */
export function engineFailureOf(thrown: unknown, workload: string): HoldfastError {
  if (!isEngineError(thrown)) return asHoldfastError(thrown);
  const { words: why } = thrown;
  switch (thrown.kind) {
    case 'gone':
    case 'removing':
      return removedOutside(workload, why, thrown);
    case 'image-missing':
      return new HoldfastError('HF_IMAGE_NOT_FOUND', {
        what: `The image of ${workload} is not at the engine any more`,
        why,
        fix: `Pull it again, or run the workload anew with \`holdfast run --replace\`.`,
        cause: thrown,
      });
    case 'conflict-name':
      return nameTaken(workload, why, thrown);
    case 'refused':
      return refused(thrown, workload);
    case 'cancelled':
      return new HoldfastError('HF_CANCELLED', { what: `What was being done about ${workload} was called off`, why, cause: thrown });
    case 'unavailable':
      return new HoldfastError('HF_RUNTIME_UNAVAILABLE', { what: `The engine of ${workload} cannot be used`, why, cause: thrown });
  }
}

export function removedOutside(workload: string, why: string, cause?: unknown): HoldfastError {
  return new HoldfastError('HF_REMOVED_OUTSIDE', {
    what: `The container of ${workload} was removed by somebody else`,
    why,
    fix: `\`holdfast start ${workload}\` creates it anew from its spec; \`holdfast rm ${workload}\` forgets it.`,
    ...(cause === undefined ? {} : { cause }),
  });
}

export function nameTaken(container: string, why: string, cause?: unknown): HoldfastError {
  return new HoldfastError('HF_NAME_TAKEN', {
    what: `The engine has a container named ${JSON.stringify(container)} already, and it is not Holdfast’s`,
    why,
    fix: 'Choose another `--name`, or remove that container yourself; Holdfast does not touch it.',
    data: { name: container },
    ...(cause === undefined ? {} : { cause }),
  });
}

/** What a machine lacks for the moment. */
const SHORTAGE =
  /no space left|cannot allocate memory|out of memory|temporarily unavailable|too many (?:open files|processes)|device or resource busy|disk quota|timed? ?out|deadline/i;

const NO_USER = /unable to find (?:user|group)|no matching entries/i;

/**
 * Whether the same order may be taken another time: the machine is short of something, the container is in another's hands, or the engine
 * has failed and says 500, in words of which nobody knows whether they are about the order.
 */
function isPassing({ reason, status, words }: EngineError): boolean {
  if (reason === 'not-running' || reason === 'in-use' || SHORTAGE.test(words)) return true;
  return reason === 'other' && (status === null || status >= 500) && !NO_USER.test(words);
}

function refused(error: EngineError, workload: string): HoldfastError {
  const { words: why, reason } = error;
  if (reason === 'port-taken') {
    const fix = 'Stop what listens there, or publish another port.';
    return new HoldfastError('HF_PORT_TAKEN', { what: `A port that ${workload} publishes is taken`, why, fix, cause: error });
  }
  const fix = FIXES[reason];
  return new HoldfastError('HF_CONTAINER_REFUSED', {
    what: `The engine refused the container of ${workload}`,
    why,
    ...(fix === undefined ? {} : { fix }),
    data: { reason, ...(isPassing(error) ? { passing: true } : {}) },
    cause: error,
  });
}
