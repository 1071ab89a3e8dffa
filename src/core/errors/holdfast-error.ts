import { catalogue, type ErrorCode, type ErrorDefinition } from './catalogue.ts';

export interface ErrorDetails {
  /** What happened, one sentence with the names and values that matter. */
  readonly what: string;
  /** Why, where it is known. */
  readonly why?: string;
  /** What to do; the catalogue's own advice where absent. */
  readonly fix?: string;
  /** Machine-readable facts. Never secrets. */
  readonly data?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** Every error that Holdfast makes on purpose. `message` is the short form (what, and why); `explain()` adds the advice. */
export class HoldfastError extends Error {
  override readonly name = 'HoldfastError';
  readonly code: ErrorCode;
  readonly why: string | undefined;
  readonly fix: string;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, details: ErrorDetails) {
    super(
      details.why ? `${details.what}: ${details.why}` : details.what,
      details.cause === undefined ? undefined : { cause: details.cause },
    );
    this.code = code;
    this.why = details.why;
    this.fix = details.fix ?? catalogue[code].fix;
    this.data = details.data ?? {};
  }

  get definition(): ErrorDefinition {
    return catalogue[this.code];
  }

  /** What, why and what to do, as people read it on a terminal (without a code or colours). */
  explain(): string {
    return `${this.message}\n${this.fix}`;
  }
}

/** Anything that was thrown, as a HoldfastError; what is not one is a defect and keeps its cause. */
export function asHoldfastError(thrown: unknown): HoldfastError {
  if (thrown instanceof HoldfastError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new HoldfastError('HF_INTERNAL', { what: message, cause: thrown });
}
