import * as z from 'zod';
import type { EntryState } from '../../core/ports/client-config.ts';
import { type Fields, isFields, sameValue, type Value } from '../editors/value.ts';

/**
 * An entry that is gone from a file which was last written within so many ms of ours was overwritten by somebody who had read the file
 * before: no person is that quick. Later it was taken out on purpose.
 */
const LOST_WITHIN_MS = 10_000;

/** Fields that do not tell whose entry it is: they are alike in many. */
const ALIKE: readonly string[] = ['type', 'transport', 'name'];

export const entrySchema = z.object({
  /** What we wrote, so what is ours in the entry. */
  fields: z.record(z.string(), z.json()),
  /** Wall clock, ms. */
  writtenAt: z.number(),
  /** Set while the file is being written: after a crash in between it is not known whether it was. */
  pending: z.enum(['write', 'remove']).nullable(),
});

/** A file as it was while it had no entry of ours; its bytes are kept beside the record. */
export const baseSchema = z.object({ existed: z.boolean(), key: z.enum(['absent', 'empty', 'filled']) });

/** What is remembered about one file of one client. */
export const fileRecordSchema = z.object({
  version: z.literal(1),
  /** Where the file lies, links followed. */
  file: z.string(),
  base: baseSchema,
  /**
   * SHA-256 of what we wrote last, and while writing also of what we are about to write. Empty as soon as somebody else wrote the file
   * since our first entry: then the base is no longer what it would be without us.
   */
  written: z.array(z.string()),
  entries: z.record(z.string(), entrySchema),
  /** Foreign entries that were taken out, as they were; pairs, since a name may be any text. */
  taken: z.array(z.tuple([z.string(), z.json()])).optional(),
  /** Whether the bytes are kept that the file would have without us and with what was taken. */
  origin: z.boolean().optional(),
});

export type FileRecord = z.infer<typeof fileRecordSchema>;
export type EntryRecord = z.infer<typeof entrySchema>;

/**
 * How an entry of ours stands in a file.
 * @param current what the file has under its name; undefined = nothing
 * @param modifiedAt when the file was last written, in ms
 */
export function entryState(record: EntryRecord, current: Value | undefined, modifiedAt: number): EntryState {
  if (current === undefined) {
    if (record.pending === 'remove') return 'absent';
    return record.pending === 'write' || modifiedAt - record.writtenAt < LOST_WITHIN_MS ? 'lost' : 'taken-out';
  }
  const fields = record.fields as Fields;
  const same =
    isFields(current) && Object.keys(fields).every((field) => Object.hasOwn(current, field) && sameValue(current[field], fields[field]));
  return same ? 'written' : 'changed';
}

/** Whether an entry still leads where we let it lead. If it does not, somebody made it their own under the same name. */
export function isStillOurs(record: EntryRecord, current: Value | undefined): boolean {
  if (!isFields(current)) return false;
  const fields = record.fields as Fields;
  const telling = Object.keys(fields).filter((field) => !ALIKE.includes(field));
  return telling.some((field) => Object.hasOwn(current, field) && sameValue(current[field], fields[field]));
}
