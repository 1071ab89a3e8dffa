import { isIP } from 'node:net';
import type * as z from 'zod';
import { duration, durations, host, type Immediate, immediate, integer, share, size, word } from './readers.ts';

const DAY_MS = 86_400_000;

/** What a setting's value may be, by its key. Durations are in ms, sizes in bytes. */
export interface SettingValues {
  'gateway.port': number;
  'gateway.host': string;
  'gateway.keyless': 'same-user' | 'open' | 'off';
  'restart.mode': 'always' | 'unless-stopped' | 'on-failure' | 'never';
  'restart.stable': number;
  'restart.immediate': Immediate;
  'restart.delays': number[];
  'restart.jitter': number;
  'restart.attempts': number;
  hold: number;
  'log.level': 'debug' | 'info' | 'warn' | 'error';
  'log.size': number;
}

export type SettingKey = keyof SettingValues;

interface Definition<T> {
  /** Environment variable. */
  readonly env: string;
  readonly reader: z.ZodType<T>;
}

/** Each setting: its key is its place in `config.json` (`gateway.port` = `{"gateway": {"port": …}}`). Restart rules: `runtimes.md`. */
export const settingDefinitions: { readonly [K in SettingKey]: Definition<SettingValues[K]> } = {
  'gateway.port': { env: 'HOLDFAST_GATEWAY_PORT', reader: integer(0, 65_535) },
  'gateway.host': { env: 'HOLDFAST_GATEWAY_HOST', reader: host((text) => isIP(text) !== 0) },
  'gateway.keyless': { env: 'HOLDFAST_GATEWAY_KEYLESS', reader: word(['same-user', 'open', 'off']) },
  'restart.mode': { env: 'HOLDFAST_RESTART', reader: word(['always', 'unless-stopped', 'on-failure', 'never']) },
  'restart.stable': { env: 'HOLDFAST_RESTART_STABLE', reader: duration(DAY_MS) },
  'restart.immediate': { env: 'HOLDFAST_RESTART_IMMEDIATE', reader: immediate() },
  'restart.delays': { env: 'HOLDFAST_RESTART_DELAYS', reader: durations(50, DAY_MS) },
  'restart.jitter': { env: 'HOLDFAST_RESTART_JITTER', reader: share() },
  'restart.attempts': { env: 'HOLDFAST_RESTART_ATTEMPTS', reader: integer(0, 1_000_000) },
  hold: { env: 'HOLDFAST_HOLD', reader: duration(600_000) },
  'log.level': { env: 'HOLDFAST_LOG_LEVEL', reader: word(['debug', 'info', 'warn', 'error']) },
  'log.size': { env: 'HOLDFAST_LOG_SIZE', reader: size(64 * 1024, 1024 ** 3) },
};

export const settingKeys = Object.keys(settingDefinitions) as SettingKey[];
