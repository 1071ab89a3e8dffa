/** Environment variable that every process of a backend inherits: by it orphans are found, whatever group they moved to. */
export const MARKER_VARIABLE = 'HOLDFAST_BACKEND';

/** Whose process it is. */
export interface BackendMarker {
  /** UUID of the state folder: another Holdfast's processes are never touched. */
  readonly instance: string;
  readonly workload: string;
  readonly generation: number;
  /** Session it runs for, under `--sessions isolated`. */
  readonly unit: string | null;
}

/** `<instance>/<workload>/<generation>[/<unit>]`. */
export function formatMarker(marker: BackendMarker): string {
  const base = `${marker.instance}/${marker.workload}/${marker.generation}`;
  return marker.unit === null ? base : `${base}/${encodeURIComponent(marker.unit)}`;
}

/** @returns null for a text that no Holdfast wrote */
export function parseMarker(text: string): BackendMarker | null {
  const [instance, workload, number, unit, ...rest] = text.split('/');
  const generation = Number(number);
  if (!instance || !workload || !number || !Number.isSafeInteger(generation) || generation < 0 || rest.length > 0) return null;
  try {
    return { instance, workload, generation, unit: unit === undefined ? null : decodeURIComponent(unit) };
  } catch {
    // A malformed escape: not one of ours.
    return null;
  }
}
