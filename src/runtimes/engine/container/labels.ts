/** What Holdfast writes on everything that it makes at an engine, and by which it finds its own again. */
export const LABEL = {
  /** UUID of the state folder. What carries another one, or none, is never touched. */
  instance: 'holdfast.instance',
  workload: 'holdfast.workload',
  workloadId: 'holdfast.workload-id',
  /** Session that the container belongs to, under `--sessions isolated`. */
  unit: 'holdfast.unit',
  /** Hash of what the container was made from: another one means that it has to be made anew. */
  spec: 'holdfast.spec',
} as const;

export type Labels = Readonly<Record<string, string>>;

/** Whose container it is, as its labels say; null for one that is no workload's. */
export function ownerOf(labels: Labels): { readonly workloadId: string; readonly unit: string | null } | null {
  const workloadId = labels[LABEL.workloadId];
  return workloadId === undefined ? null : { workloadId, unit: labels[LABEL.unit] ?? null };
}
