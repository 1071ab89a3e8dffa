import type * as z from 'zod';
import { EngineError } from '../engine-error.ts';

/** An engine's JSON as what is expected. @throws EngineError `unavailable`: what answers so is no engine that can be used */
export function parseAnswer<T>(schema: z.ZodType<T>, body: string, attempt: string): T {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (error) {
    throw new EngineError('unavailable', { attempt, words: 'the answer is no JSON', reason: 'not-an-engine', cause: error });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const words = `the answer is not an engine's: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`;
  throw new EngineError('unavailable', { attempt, words, reason: 'not-an-engine' });
}
