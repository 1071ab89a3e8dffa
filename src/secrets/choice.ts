import * as z from 'zod';
import { HoldfastError } from '../core/errors/holdfast-error.ts';
import { type SecretProviderName, secretProviders } from '../core/ports/secrets.ts';
import { readPrivateFile, writePrivateFile } from './private-file.ts';

const choiceSchema = z.object({ schema: z.literal(1), provider: z.enum(secretProviders) });

/** The provider that is used in this home; null where none was chosen yet. @throws HF_SECRETS_DAMAGED */
export async function loadChoice(file: string): Promise<SecretProviderName | null> {
  const bytes = await readPrivateFile(file);
  if (bytes === null) return null;
  try {
    return choiceSchema.parse(JSON.parse(bytes.toString('utf8'))).provider;
  } catch (cause) {
    const fix = 'Choose a provider again with `holdfast secret provider NAME`.';
    throw new HoldfastError('HF_SECRETS_DAMAGED', { what: `${file} does not say which provider keeps the secrets`, fix, cause });
  }
}

/** @throws HF_STATE_WRITE */
export function saveChoice(file: string, provider: SecretProviderName): Promise<void> {
  return writePrivateFile(file, `${JSON.stringify({ schema: 1, provider })}\n`);
}
