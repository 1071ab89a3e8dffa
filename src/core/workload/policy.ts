export type RestartMode = 'always' | 'unless-stopped' | 'on-failure' | 'never';

/** The restart rules of one workload (`runtimes.md`, "Restart rules, exactly"). All durations in milliseconds. */
export interface RestartPolicy {
  readonly mode: RestartMode;
  /** A run that was ready this long was a success. */
  readonly stableMs: number;
  /** How many exits after a stable run are restarted at once within `windowMs`; `null` = unlimited. */
  readonly immediate: { readonly count: number | null; readonly windowMs: number };
  /** The ladder; its last step repeats. Never empty. */
  readonly delaysMs: readonly number[];
  /** 0…1: share by which a delay that is not zero is lengthened or shortened at random. */
  readonly jitter: number;
  /** Consecutive restarts without a stable run before `failed`; 0 = for ever. */
  readonly attempts: number;
}

export const defaultRestartPolicy: RestartPolicy = {
  mode: 'always',
  stableMs: 10_000,
  immediate: { count: 5, windowMs: 600_000 },
  delaysMs: [5_000, 10_000, 20_000, 40_000, 60_000],
  jitter: 0.1,
  attempts: 10,
};
