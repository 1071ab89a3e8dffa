import { HoldfastError } from '../../core/errors/holdfast-error.ts';
import type { Descriptor } from './descriptor.ts';
import { descriptors } from './descriptors.ts';

/** The client of that id. @throws HF_CLIENT_UNKNOWN with the nearest one */
export function findDescriptor(id: string): Descriptor {
  const found = descriptors.find((descriptor) => descriptor.id === id);
  if (found !== undefined) return found;
  const nearest = descriptors
    .map((descriptor) => ({ id: descriptor.id, far: distance(id.toLowerCase(), descriptor.id) }))
    .toSorted((a, b) => a.far - b.far)[0];
  throw new HoldfastError('HF_CLIENT_UNKNOWN', {
    what: `There is no client named ${JSON.stringify(id)}`,
    ...(nearest !== undefined && nearest.far <= 3
      ? { fix: `Did you mean ${nearest.id}? \`holdfast client status\` shows all names.` }
      : {}),
    data: { client: id },
  });
}

/** Levenshtein: how many letters have to be changed, added or left out. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
