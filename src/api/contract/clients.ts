import * as z from 'zod';
import { refreshModes } from '../../core/clients/registration.ts';

const groups = z.array(z.string()).nullable().describe('Null = workloads of all groups');
const mode = z.enum(refreshModes);
const dryRun = z.boolean().optional().describe('Only say what would change');

const problemSchema = z.object({ code: z.string(), message: z.string() });

/** A registration. Its key is shown nowhere but by `clientUrl`. */
const registeredClientSchema = z.object({
  client_type: z.string().describe('Id of the client, e.g. `cursor`'),
  name: z.string(),
  groups,
  client_refresh: mode.nullable().describe('Takes the place of the workloads’ own; null = theirs counts'),
  since: z.string().describe('ISO 8601, UTC'),
});

const clientFileSchema = z.object({
  file: z.string(),
  exists: z.boolean(),
  entries: z.array(
    z.object({
      name: z.string(),
      state: z
        .enum(['absent', 'written', 'changed', 'lost', 'taken-out', 'foreign'])
        .describe(
          '`changed`, `taken-out`: by its user, which is respected; `lost`: overwritten, it is put back; `foreign`: of somebody else, under the name of a workload; `absent`: not there now',
        ),
    }),
  ),
  problem: problemSchema.nullable().describe('Why the file cannot be edited'),
});

export const clientSchema = z.object({
  client_type: z.string(),
  name: z.string(),
  installed: z.boolean(),
  registered: z.boolean(),
  editable: z.boolean().describe('It has a file that can be edited on this system'),
  watches_file: z.boolean().nullable().describe('It notices a change of its file while it runs; null = not known'),
  advice: z.string().nullable().describe('What its user has to do after a change'),
  groups,
  client_refresh: mode.nullable(),
  since: z.string().nullable(),
  files: z.array(clientFileSchema),
});

export const clientListSchema = z.object({ clients: z.array(clientSchema) });
export const registeredListSchema = z.object({ clients: z.array(registeredClientSchema) });

export const changeSchema = z.object({
  file: z.string(),
  diff: z.string().describe('Unified; keys are masked; empty where nothing changes'),
});

export const clientChangesSchema = z.object({ changes: z.array(changeSchema) });

export const clientOutcomesSchema = z.object({
  results: z.array(
    z.object({
      client_type: z.string(),
      changes: z.array(changeSchema),
      problem: problemSchema
        .extend({ fix: z.string() })
        .nullable()
        .describe('What went wrong for this client; the others are not concerned'),
    }),
  ),
});

export const registerRequestSchema = z.strictObject({
  clients: z.array(z.string()).min(1),
  groups: groups.optional(),
  client_refresh: mode.nullable().optional(),
  force: z.boolean().optional().describe('Also a client that is not installed'),
  dry_run: dryRun,
});

export const removeClientsRequestSchema = z.strictObject({
  clients: z.array(z.string()).optional(),
  all: z.boolean().optional().describe('Take everything out of the files of all clients'),
  dry_run: dryRun,
});

export const restoreRequestSchema = z.strictObject({
  force: z.boolean().optional().describe('Give the old bytes back even if the file was changed since'),
  dry_run: dryRun,
});

export const clientUrlSchema = z.object({ url: z.string().describe('With the key of the client: a secret') });

export type Client = z.infer<typeof clientSchema>;
export type ClientList = z.infer<typeof clientListSchema>;
export type RegisteredList = z.infer<typeof registeredListSchema>;
export type ClientChanges = z.infer<typeof clientChangesSchema>;
export type ClientOutcomes = z.infer<typeof clientOutcomesSchema>;
export type ClientUrl = z.infer<typeof clientUrlSchema>;
