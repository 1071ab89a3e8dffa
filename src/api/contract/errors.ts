import type * as z from 'zod';
import { catalogue, type ErrorCode } from '../../core/errors/catalogue.ts';
import { asHoldfastError, HoldfastError } from '../../core/errors/holdfast-error.ts';
import type { errorEnvelopeSchema } from './error-envelope.ts';

export { asHoldfastError, HoldfastError };

export type ErrorEnvelope = z.infer<typeof errorEnvelopeSchema>;

/** An error as it is sent and printed. */
export function toEnvelope(error: HoldfastError): ErrorEnvelope {
  return { error: { code: error.code, message: whatOf(error), why: error.why ?? null, fix: error.fix, data: { ...error.data } } };
}

/** An error as it was sent. A code that this side does not know (the other is newer) is kept in `data`. */
export function fromEnvelope({ error }: ErrorEnvelope): HoldfastError {
  const known = Object.hasOwn(catalogue, error.code);
  return new HoldfastError(known ? (error.code as ErrorCode) : 'HF_INTERNAL', {
    what: error.message,
    ...(error.why === null ? {} : { why: error.why }),
    fix: error.fix,
    data: known ? error.data : { ...error.data, code: error.code },
  });
}

/** What happened, without the reason that `message` repeats. */
export function whatOf(error: HoldfastError): string {
  const tail = `: ${error.why ?? ''}`;
  return error.why && error.message.endsWith(tail) ? error.message.slice(0, -tail.length) : error.message;
}

/** True for a body that is an envelope, also of another version. */
export function isEnvelope(value: unknown): value is ErrorEnvelope {
  const error = typeof value === 'object' && value !== null && 'error' in value ? value.error : null;
  return typeof error === 'object' && error !== null && 'code' in error && 'message' in error && 'fix' in error;
}
