import { join } from 'node:path';
import * as z from 'zod';
import { readStoredFile, type StoredFile } from './stored-file.ts';

/** Version of the layout of the state folder as a whole: which files there are. Each file has a schema of its own besides. */
const FORMAT_SCHEMA = 1;
const formatSchema = z.object({ schema: z.literal(FORMAT_SCHEMA) });

export const formatFile = (dir: string): string => join(dir, 'format.json');
export const formatText = `${JSON.stringify({ schema: FORMAT_SCHEMA })}\n`;

/** Reads without changing anything; never throws. */
export function readFormat(dir: string): Promise<StoredFile<{ schema: 1 }>> {
  return readStoredFile(formatFile(dir), formatSchema, FORMAT_SCHEMA);
}
