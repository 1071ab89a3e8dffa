import * as z from 'zod';

export const refreshModes = ['auto', 'always', 'never'] as const;

/**
 * When a crash touches the entries in a client's files. `always`: out before the restart, in when the server is ready; `auto`: the same,
 * but only for a client that was cut off; `never`: not at all.
 */
export type RefreshMode = (typeof refreshModes)[number];

/** An AI client that shows the workloads. */
export const registrationSchema = z.object({
  /** Id of its descriptor. */
  client: z.string().min(1),
  /** 128 bits, hex; part of each URL that this client gets. Secret. */
  key: z.string().regex(/^[0-9a-f]{32}$/),
  /** Only workloads of these groups; null = all. */
  groups: z.array(z.string()).nullable(),
  /** Takes the place of the workloads' own; null = theirs counts. */
  refresh: z.enum(refreshModes).nullable(),
  /** ms since the epoch. */
  since: z.number(),
});

export type Registration = z.infer<typeof registrationSchema>;

/** Whether a client shows workloads of that group. */
export function showsGroup({ groups }: Pick<Registration, 'groups'>, group: string): boolean {
  return groups === null || groups.includes(group);
}
