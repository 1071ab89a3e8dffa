/**
 * What an engine's failure means to whoever asked.
 *
 * - `gone`: there is no such container or network (the engine said so, and named it).
 * - `image-missing`: there is no such image, at the engine or at the registry.
 * - `conflict-name`: something of that name is there already.
 * - `removing`: it is being removed right now ("marked for removal"); soon it is gone.
 * - `refused`: the engine understood, and will not: a bad mount, no such program, a port that is taken, another architecture.
 * - `unavailable`: nothing is known, least of all that something is gone.
 * - `cancelled`: the caller's signal aborted.
 */
export type EngineErrorKind = 'gone' | 'image-missing' | 'conflict-name' | 'removing' | 'refused' | 'unavailable' | 'cancelled';

/** Why an engine is unavailable, or what exactly it refused. `other` where nothing finer is known. */
export type EngineErrorReason =
  /** unavailable: nothing listens at that address. */
  | 'absent'
  /** unavailable: the operating system forbids to open the socket. */
  | 'no-permission'
  /** unavailable: no answer in time. */
  | 'timeout'
  /** unavailable: its service was stopped by its user, and a connection would start it again. */
  | 'stopped'
  /** unavailable: it is older than what Holdfast can use. */
  | 'too-old'
  /** unavailable: what answers is no engine. */
  | 'not-an-engine'
  /** refused: another program listens on the port. */
  | 'port-taken'
  /** refused: the program to be run is not in the image, or is not executable. */
  | 'no-program'
  /** refused: the program is made for another architecture. */
  | 'architecture'
  /** refused: `Init` was asked for, and the engine has no init program. */
  | 'no-init'
  /** refused: the network that it is to be connected to does not exist. */
  | 'no-network'
  /** refused: something cannot be mounted. */
  | 'bad-mount'
  /** refused: it does not run. */
  | 'not-running'
  /** refused: something else uses it. */
  | 'in-use'
  /** refused: the engine was killed in the middle of a start of it, and what works for the engine still has what that has lost. */
  | 'half-started'
  | 'other';

/** A failed call to an engine; known inside `runtimes/engine` only. `message` is one sentence and holds the engine's own words. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly kind: EngineErrorKind;
  readonly reason: EngineErrorReason;
  /** HTTP status of its answer; null where there was none. */
  readonly status: number | null;
  /** What was tried, e.g. `create container weather`. */
  readonly attempt: string;
  /** The engine's own words, or the operating system's. */
  readonly words: string;

  constructor(
    kind: EngineErrorKind,
    details: {
      readonly attempt: string;
      readonly words: string;
      readonly reason?: EngineErrorReason;
      readonly status?: number | null;
      readonly cause?: unknown;
    },
  ) {
    super(`${details.attempt}: ${details.words}`, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = kind;
    this.reason = details.reason ?? 'other';
    this.status = details.status ?? null;
    this.attempt = details.attempt;
    this.words = details.words;
  }
}

/** Whether it is an EngineError of one of those kinds. */
export function isEngineError(thrown: unknown, ...kinds: readonly EngineErrorKind[]): thrown is EngineError {
  return thrown instanceof EngineError && (kinds.length === 0 || kinds.includes(thrown.kind));
}
