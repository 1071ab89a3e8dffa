import { HoldfastError } from '../api/contract/errors.ts';

/** A workload without a URL: its port, or the gateway's, is taken. */
export function notServed(name: string): HoldfastError {
  return new HoldfastError('HF_PORT_TAKEN', {
    what: `${name} has no URL at the moment`,
    why: 'the port that it would be served on is taken',
    fix: '`holdfast ls` says which port, and by whom; it is tried again each second.',
    data: { name },
  });
}
