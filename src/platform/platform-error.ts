/**
 * What the operating system does not allow, in words for people. This layer knows no error catalogue: `code` is a code of it, and whoever
 * calls makes a HoldfastError from these fields (`src/settings/home.ts` does so for a home).
 */
export class PlatformError extends Error {
  override readonly name = 'PlatformError';
  readonly code: 'HF_HOME';
  /** What happened, one sentence. */
  readonly what: string;
  readonly why: string;
  /** What to do about it. */
  readonly fix: string;

  constructor(code: 'HF_HOME', details: { readonly what: string; readonly why: string; readonly fix: string; readonly cause?: unknown }) {
    super(`${details.what}: ${details.why}`, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.what = details.what;
    this.why = details.why;
    this.fix = details.fix;
  }
}
