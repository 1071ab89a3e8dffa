import { open } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { SessionRecord } from '../core/session/record.ts';
import { parseStored, type StoredFile, schemaVersion } from './stored-file.ts';
import { systemCode, systemReason } from './write-error.ts';

/** Newest schema of the journal and of its records that this program reads; it writes this one. */
export const JOURNAL_SCHEMA = 1;

/** First line of the file. */
export const journalHeader = JSON.stringify({ schema: JOURNAL_SCHEMA, holds: 'sessions' });

export const sessionJournalFile = (dir: string): string => join(dir, 'sessions.ndjson');

/** One line of the journal: a session as it is now, the end of one session, or the end of all sessions of a workload. */
export type JournalLine =
  | { readonly kind: 'put'; readonly record: SessionRecord }
  | { readonly kind: 'delete'; readonly workloadId: string; readonly sessionId: string }
  | { readonly kind: 'delete-workload'; readonly workloadId: string }
  | { readonly kind: 'header' }
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'damaged' };

const recordSchema: z.ZodType<SessionRecord> = z.object({
  schema: z.literal(JOURNAL_SCHEMA),
  workloadId: z.string(),
  id: z.string(),
  initializeParams: z.string(),
  protocolVersion: z.string(),
  initialized: z.boolean(),
  backend: z.object({ sessionId: z.string().nullable(), protocolVersion: z.string(), generation: z.number() }).nullable(),
  logLevel: z.string().nullable(),
  subscriptions: z.array(z.string()),
  clientKey: z.string().nullable(),
  primed: z.array(z.object({ stream: z.string(), requestId: z.string() })),
  workingIn: z.number().nullish(),
  createdAt: z.number(),
  lastSeenAt: z.number(),
});

const headerSchema = z.object({ schema: z.literal(JOURNAL_SCHEMA), holds: z.literal('sessions') });
const putSchema = z.object({ put: recordSchema });
const deleteSchema = z.object({ delete: z.tuple([z.string(), z.string()]) });
const deleteWorkloadSchema = z.object({ deleteWorkload: z.string() });

export const encodePut = (record: SessionRecord): string => JSON.stringify({ put: record });
export const encodeDelete = (workloadId: string, sessionId: string): string => JSON.stringify({ delete: [workloadId, sessionId] });
export const encodeDeleteWorkload = (workloadId: string): string => JSON.stringify({ deleteWorkload: workloadId });

/** Never throws. */
export function decodeLine(text: string): JournalLine {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { kind: 'damaged' };
  }
  const version = schemaVersion(json) ?? (hasPut(json) ? schemaVersion(json.put) : null);
  if (version !== null && version > JOURNAL_SCHEMA) return { kind: 'newer', version };

  const put = putSchema.safeParse(json);
  if (put.success) return { kind: 'put', record: put.data.put };
  const ended = deleteSchema.safeParse(json);
  if (ended.success) return { kind: 'delete', workloadId: ended.data.delete[0], sessionId: ended.data.delete[1] };
  const removed = deleteWorkloadSchema.safeParse(json);
  if (removed.success) return { kind: 'delete-workload', workloadId: removed.data.deleteWorkload };
  return headerSchema.safeParse(json).success ? { kind: 'header' } : { kind: 'damaged' };
}

const hasPut = (json: unknown): json is { put: unknown } => typeof json === 'object' && json !== null && 'put' in json;

/** Reads the first line only, without changing anything; never throws. A journal without one is `absent` or `damaged`. */
export async function readJournalHeader(dir: string): Promise<StoredFile<unknown>> {
  try {
    const handle = await open(sessionJournalFile(dir), 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(4096), 0, 4096, 0);
      const [line = ''] = buffer.toString('utf8', 0, bytesRead).split('\n', 1);
      return parseStored(line, headerSchema, JOURNAL_SCHEMA);
    } finally {
      await handle.close();
    }
  } catch (thrown) {
    if (systemCode(thrown) === 'ENOENT') return { kind: 'absent' };
    return { kind: 'damaged', why: systemReason(thrown) };
  }
}
