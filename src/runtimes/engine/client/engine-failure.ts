import type { ErrorCode } from '../../../core/errors/catalogue.ts';
import { type ErrorDetails, HoldfastError } from '../../../core/errors/holdfast-error.ts';
import type { EngineError, EngineErrorReason } from './engine-error.ts';

/** What to do, where it depends on more than the code of the catalogue. */
const ADVICE: Partial<Record<EngineErrorReason, string>> = {
  'no-permission':
    'Docker: `sudo usermod -aG docker $USER`, then log in anew. Podman: use your own engine, `systemctl --user enable --now podman.socket`.',
  absent: 'Start it: `sudo systemctl start docker`, Docker Desktop, or `systemctl --user enable --now podman.socket`.',
  stopped: 'Start it again when you want it: `sudo systemctl start docker`.',
  'too-old': 'Update the engine: Docker 19.03 and Podman 4.0 are the oldest that can be used.',
  architecture: 'Use an image that is made for the architecture of the engine.',
  'no-program': 'Check the arguments behind `--`: the image has no such program, or it is not executable.',
  'no-init': 'Install the init program of the engine: the package `catatonit` for Podman.',
};

/** The same for whoever is outside of `runtimes/engine`: a code of the catalogue, the engine's own words in `why`, and what to do. */
export function engineFailure(error: EngineError): HoldfastError {
  const fix = engineAdvice(error);
  const details: ErrorDetails = { what: `Could not ${error.attempt}`, why: error.words, cause: error };
  return new HoldfastError(codeOf(error), fix === undefined ? details : { ...details, fix });
}

/** What to do about it; undefined where the catalogue's own advice is all there is. */
export function engineAdvice({ reason }: EngineError): string | undefined {
  return ADVICE[reason];
}

function codeOf({ kind, reason }: EngineError): ErrorCode {
  switch (kind) {
    case 'gone':
    case 'removing':
      return 'HF_REMOVED_OUTSIDE';
    case 'image-missing':
      return 'HF_IMAGE_NOT_FOUND';
    case 'conflict-name':
      return 'HF_NAME_TAKEN';
    case 'refused':
      return reason === 'port-taken' ? 'HF_PORT_TAKEN' : 'HF_CONTAINER_REFUSED';
    case 'unavailable':
      return reason === 'too-old' ? 'HF_UNSUPPORTED' : 'HF_RUNTIME_UNAVAILABLE';
    case 'cancelled':
      return 'HF_CANCELLED';
  }
}
