import type { ListFilter } from '../../usecases/list.ts';

/** A whole number of a query; null where it is absent. The contract has checked that it is one. */
export const count = (text: string | undefined): number | null => (text === undefined ? null : Number(text));

/** A comma-separated list; empty where it is absent. */
export const words = (text: string | undefined): string[] => (text ?? '').split(',').filter((word) => word !== '');

/** Which workloads a list is to have. */
export function listFilter(query: { all?: string | undefined; group?: string | undefined; labels?: string | undefined }): ListFilter {
  return { all: query.all === 'true', group: query.group, labels: labels(query.labels) };
}

/** `a=1,b` → `{ a: '1', b: '' }` */
function labels(text: string | undefined): Record<string, string> {
  return Object.fromEntries(
    words(text).map((pair) => {
      const at = pair.indexOf('=');
      return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}
