import { descriptors } from '../client-config/descriptors/descriptors.ts';

/** Ids of all AI clients that are known, sorted. */
export function clientNames(): readonly string[] {
  return descriptors.map(({ id }) => id).toSorted();
}
