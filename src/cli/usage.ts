import { HoldfastError } from '../api/contract/errors.ts';

/** A mistake on the command line. @param fix what to do instead; `holdfast help` where absent */
export function usage(what: string, fix?: string): HoldfastError {
  return new HoldfastError('HF_USAGE', fix === undefined ? { what } : { what, fix });
}
