/** A lost request is repeated only if a backend is ready this long after its arrival, ms. */
export const REPEAT_WITHIN_MS = 45_000;
/** A held list or `initialize` is answered from the cache after this long, ms. */
export const CACHE_AFTER_MS = 2_000;
/** A call that takes longer than this becomes an event stream that can be resumed (revisions that prime streams), ms. */
export const PRIME_AFTER_MS = 1_000;
/** Older revisions get an event stream before their HTTP client's own 300 s limit on silence, ms. */
export const STREAM_AFTER_MS = 240_000;
/** However much progress is made: no request lives longer, ms. */
export const REQUEST_LIMIT_MS = 3_600_000;
/** How often it is looked at what waits, ms. */
export const HELD_TICK_MS = 100;
/** How often it is looked at what is in flight, ms. */
export const FLIGHT_TICK_MS = 1_000;
