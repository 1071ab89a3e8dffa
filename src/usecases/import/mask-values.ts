import { isOrdinary } from '../../core/workload/ordinary-value.ts';

/** The text without values, also as JSON writes them; words that are found everywhere stay. */
export function maskValues(text: string, values: readonly string[]): string {
  const secret = values.filter((value) => !isOrdinary(value));
  const forms = secret.flatMap((value) => [value, JSON.stringify(value).slice(1, -1)]);
  // The longest first: one may hold another.
  return forms.toSorted((a, b) => b.length - a.length).reduce((masked, form) => masked.replaceAll(form, '***'), text);
}
