import type { WorkloadOptionsRequest } from '../../api/contract/run-request.ts';
import { usage } from '../usage.ts';
import { duration, span } from './duration.ts';
import { choice, type FlagValues, fraction, integer, single } from './flag.ts';

const MODES = ['always', 'unless-stopped', 'on-failure', 'never'] as const;

/** When and how a server that ended is started again. */
export const restartFlags = {
  restart: choice(MODES, 'When a server that ended is started again', { standard: 'always' }),
  restartStable: span('A run that was ready this long was a success', '10s'),
  restartImmediate: single('N/DURATION', 'Exits after a stable run that are restarted at once, within that time; or unlimited', immediate, {
    standard: '5/10m',
  }),
  restartDelays: single('LIST', 'Waits before the next starts; the last one repeats', delays, { standard: '5s,10s,20s,40s,60s' }),
  restartJitter: fraction('SHARE', 'Share by which a wait is lengthened or shortened at random', { standard: '0.1' }),
  restartAttempts: integer(
    'N',
    'Restarts without a stable run before it has failed; 0 = for ever',
    { min: 0, max: 1_000_000 },
    { standard: '10' },
  ),
};

/** The part of the request that these flags make; undefined when none was given. */
export function restartRequest(flags: FlagValues<typeof restartFlags>): WorkloadOptionsRequest['restart'] {
  const said = {
    mode: flags.restart,
    stable_ms: flags.restartStable,
    immediate: flags.restartImmediate,
    delays_ms: flags.restartDelays,
    jitter: flags.restartJitter,
    attempts: flags.restartAttempts,
  };
  return Object.values(said).some((value) => value !== undefined) ? said : undefined;
}

function immediate(text: string, name: string): { count: number | null; window_ms: number } {
  if (text === 'unlimited') return { count: null, window_ms: 600_000 };
  const [, count, window] = /^(\d{1,6})(?:\/(.+))?$/.exec(text) ?? [];
  if (count === undefined) throw usage(`${name} ${JSON.stringify(text)} is not allowed`, 'Write it as 5/10m, 0 or unlimited.');
  return { count: Number(count), window_ms: window === undefined ? 600_000 : Math.max(1, duration(window, name)) };
}

function delays(text: string, name: string): number[] {
  return text.split(',').map((part) => duration(part.trim(), name));
}
