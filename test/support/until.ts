const STEP_MS = 20;
const BOUND_MS = 15_000;

/**
 * Waits until `check` gives something other than undefined, null or false, and resolves with it.
 * @param what for the error: what was waited for
 * @param boundMs no longer than this
 */
export async function until<T>(
  what: string,
  check: () => T | undefined | null | false | Promise<T | undefined | null | false>,
  boundMs = BOUND_MS,
): Promise<T> {
  const end = performance.now() + boundMs;
  for (;;) {
    const found = await check();
    if (found !== undefined && found !== null && found !== false) return found;
    if (performance.now() > end) throw new Error(`waited ${boundMs} ms in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
}
