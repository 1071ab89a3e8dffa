import * as z from 'zod';

const provider = z.enum(['keyring', 'encrypted', 'environment']);
const encoding = z.enum(['utf8', 'base64']);
const users = z.array(z.string()).describe('Workloads that use the secret');

export const secretListSchema = z.object({ provider, secrets: z.array(z.object({ name: z.string() })) });

export const secretValueSchema = z.object({
  name: z.string(),
  value: z.string(),
  encoding: encoding.describe('`base64` where the value is not UTF-8'),
});

export const secretSetRequestSchema = z.strictObject({ value: z.string(), encoding });

export const secretSetResultSchema = z.object({ name: z.string(), provider, used_by: users });

export const secretDeleteResultSchema = z.object({ deleted: z.string(), used_by: users });

export const secretSetupRequestSchema = z.strictObject({
  provider: provider.optional(),
  passphrase: z.string().min(1).optional().describe('Of the encrypted file; kept in memory for as long as the daemon lives'),
});

export const secretProvidersSchema = z.object({
  providers: z.array(
    z.object({
      name: provider,
      active: z.boolean(),
      chosen: z.boolean().describe('False where it is only what would be used'),
      read_only: z.boolean(),
      where: z.string().describe('Where the values are, and what keeps them from others'),
      problem: z.string().nullable().describe('Why it cannot be used now'),
    }),
  ),
});

export type SecretList = z.infer<typeof secretListSchema>;
export type SecretValue = z.infer<typeof secretValueSchema>;
export type SecretSetRequest = z.infer<typeof secretSetRequestSchema>;
export type SecretSetResult = z.infer<typeof secretSetResultSchema>;
export type SecretDeleteResult = z.infer<typeof secretDeleteResultSchema>;
export type SecretSetupRequest = z.infer<typeof secretSetupRequestSchema>;
export type SecretProviders = z.infer<typeof secretProvidersSchema>;
