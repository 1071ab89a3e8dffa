import { readFile } from 'node:fs/promises';
import { HoldfastError } from '../core/errors/holdfast-error.ts';
import { type SettingKey, settingKeys } from './definitions.ts';

/** Values of the file as they are written there, by key. */
export type RawSettings = ReadonlyMap<SettingKey, unknown>;

/** Reads `config.json`; no file means no settings. @throws HF_USAGE for what is no JSON object, and for a key that no setting has */
export async function readConfigFile(file: string): Promise<RawSettings> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return new Map();
    throw unusable(file, cause instanceof Error ? cause.message : String(cause), cause);
  }
  let json: unknown;
  try {
    // Editors of Windows put a byte order mark in front.
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw unusable(file, cause instanceof Error ? cause.message : String(cause), cause);
  }
  if (!isObject(json)) throw unusable(file, 'it must hold one JSON object');
  const settings = new Map<SettingKey, unknown>();
  collect(json, '', file, settings);
  return settings;
}

function collect(json: Record<string, unknown>, above: string, file: string, settings: Map<SettingKey, unknown>): void {
  for (const [name, value] of Object.entries(json)) {
    const key = above + name;
    const known = settingKeys.find((candidate) => candidate === key);
    if (known !== undefined) settings.set(known, value);
    else if (isObject(value) && settingKeys.some((candidate) => candidate.startsWith(`${key}.`))) collect(value, `${key}.`, file, settings);
    else throw unknownKey(file, key);
  }
}

function unknownKey(file: string, key: string): HoldfastError {
  const section = settingKeys.some((candidate) => candidate.startsWith(`${key}.`));
  return new HoldfastError('HF_USAGE', {
    what: section ? `${file}: ${JSON.stringify(key)} must be an object` : `${file}: no setting is called ${JSON.stringify(key)}`,
    fix: `There are: ${settingKeys.join(', ')}.`,
    data: { file, key },
  });
}

function unusable(file: string, why: string, cause?: unknown): HoldfastError {
  return new HoldfastError('HF_USAGE', {
    what: `${file} cannot be used`,
    why,
    fix: 'Correct it, or delete it to use the defaults.',
    data: { file },
    cause,
  });
}

const isObject = (json: unknown): json is Record<string, unknown> => typeof json === 'object' && json !== null && !Array.isArray(json);
