import type { WorkloadSpec } from '../core/workload/spec.ts';

/** Fields whose change means nothing to a server that runs, by the first part of their name. */
const BACKEND: ReadonlySet<string> = new Set(['args', 'runtime', 'transport', 'targetPort', 'launch', 'container', 'sessions', 'secrets']);

/** Names of the fields in which two specs differ, one level deep (`launch.env`, `restart.attempts`), in order of the alphabet. */
export function changedFields(before: WorkloadSpec, after: WorkloadSpec): string[] {
  const changed: string[] = [];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]) as Set<keyof WorkloadSpec>;
  for (const key of keys) {
    const a: unknown = before[key];
    const b: unknown = after[key];
    if (same(a, b)) continue;
    if (!isRecord(a) || !isRecord(b)) {
      changed.push(key);
      continue;
    }
    for (const inner of new Set([...Object.keys(a), ...Object.keys(b)])) if (!same(a[inner], b[inner])) changed.push(`${key}.${inner}`);
  }
  return changed.toSorted();
}

/** True when a server that runs has to be started anew for the change to have an effect. */
export function concernsBackend(changed: readonly string[]): boolean {
  return changed.some((field) => BACKEND.has(field.split('.')[0] ?? ''));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Order of keys does not count: an environment that was merged anew is the same environment. */
function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
