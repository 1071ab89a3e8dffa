import { residentBytes } from '../measure/process-usage.ts';

/** Until what a start left behind has been collected, ms. V8 gives memory back when a program was idle for some seconds. */
const SETTLE_MS = 7_000;
const WATCH_MS = 5_000;
const LOOK_MS = 250;

export const settle = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

/** The least memory that a process has while it is left alone, bytes; null where the system does not say it. */
export async function settledBytes(pid: number): Promise<number | null> {
  await settle(SETTLE_MS);
  let least: number | null = null;
  for (let passed = 0; passed < WATCH_MS; passed += LOOK_MS) {
    const bytes = residentBytes(pid);
    if (bytes !== null) least = Math.min(least ?? bytes, bytes);
    await settle(LOOK_MS);
  }
  return least;
}
