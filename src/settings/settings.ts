import { join } from 'node:path';
import type * as z from 'zod';
import { HoldfastError } from '../core/errors/holdfast-error.ts';
import { defaultRestartPolicy, type RestartPolicy } from '../core/workload/policy.ts';
import { readConfigFile } from './config-file.ts';
import { type SettingKey, type SettingValues, settingDefinitions } from './definitions.ts';

/** What holds for the daemon and for workloads that were not told otherwise. Durations are in ms. */
export interface Settings {
  readonly gateway: {
    /** 0 = any free one, remembered. */
    readonly port: number;
    readonly host: string;
    /** Who may use URLs without a key: programs of the same user, everybody who reaches the port, or nobody. */
    readonly keyless: 'same-user' | 'open' | 'off';
  };
  readonly restart: RestartPolicy;
  /** Hold limit, from a request's arrival. */
  readonly holdMs: number;
  readonly log: {
    readonly level: 'debug' | 'info' | 'warn' | 'error';
    /** Bytes at which the daemon's log is rotated. */
    readonly maxBytes: number;
  };
}

export interface SettingsSources {
  /** Folder of `config.json`. */
  readonly config: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Values that the command line was given, as text, by key: `{ 'gateway.port': '7500' }`. */
  readonly flags?: { readonly [K in SettingKey]?: string | undefined };
}

/**
 * Reads the settings; a flag goes before the environment, that before the file, that before the default. An empty variable counts as none.
 * @throws HF_USAGE that names where the wrong value is
 */
export async function loadSettings({ config, env, flags = {} }: SettingsSources): Promise<Settings> {
  const path = join(config, 'config.json');
  const file = await readConfigFile(path);

  const get = <K extends SettingKey>(key: K, fallback: SettingValues[K]): SettingValues[K] => {
    const { env: variable, reader } = settingDefinitions[key];
    const flag = flags[key];
    if (flag !== undefined) return read(reader, flag, flagName(variable));
    const fromEnv = env[variable];
    // The file's value is checked even where another one goes before it: a mistake should not wait for the day that it counts.
    const fromFile = file.has(key) ? read(reader, file.get(key), `${path}: ${key}`) : undefined;
    if (fromEnv !== undefined && fromEnv !== '') return read(reader, fromEnv, variable);
    return fromFile ?? fallback;
  };

  return {
    gateway: {
      port: get('gateway.port', 7420),
      host: get('gateway.host', '127.0.0.1'),
      keyless: get('gateway.keyless', 'same-user'),
    },
    restart: {
      mode: get('restart.mode', defaultRestartPolicy.mode),
      stableMs: get('restart.stable', defaultRestartPolicy.stableMs),
      immediate: get('restart.immediate', defaultRestartPolicy.immediate),
      delaysMs: get('restart.delays', [...defaultRestartPolicy.delaysMs]),
      jitter: get('restart.jitter', defaultRestartPolicy.jitter),
      attempts: get('restart.attempts', defaultRestartPolicy.attempts),
    },
    holdMs: get('hold', 30_000),
    log: { level: get('log.level', 'info'), maxBytes: get('log.size', 5 * 1024 * 1024) },
  };
}

/** `HOLDFAST_GATEWAY_PORT` → `--gateway-port`. */
const flagName = (variable: string): string => `--${variable.replace('HOLDFAST_', '').toLowerCase().replaceAll('_', '-')}`;

function read<T>(reader: z.ZodType<T>, value: unknown, place: string): T {
  const result = reader.safeParse(value);
  if (result.success) return result.data;
  const rule = result.error.issues[0]?.message ?? 'is not allowed';
  throw new HoldfastError('HF_USAGE', {
    what: `${place} is ${JSON.stringify(value)}`,
    why: `it ${rule}`,
    fix: 'Correct the value, or leave it out to use the default.',
    data: { place },
  });
}
