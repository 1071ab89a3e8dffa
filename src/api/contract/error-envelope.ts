import * as z from 'zod';

/** How every error leaves the API, whole or as the last line of a stream. */
export const errorEnvelopeSchema = z.object({
  error: z.object({
    code: z.string().describe('Stable code, see errors.md'),
    message: z.string().describe('What happened'),
    why: z.string().nullable().describe('Why, where it is known'),
    fix: z.string().describe('What to do'),
    data: z.record(z.string(), z.unknown()).describe('Facts, never secrets'),
  }),
});
