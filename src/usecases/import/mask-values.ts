/** Shorter ones are found everywhere, and are no secrets. */
const SHORTEST = 4;

/** The text without values, also as JSON writes them. */
export function maskValues(text: string, values: readonly string[]): string {
  const forms = values.flatMap((value) => [value, JSON.stringify(value).slice(1, -1)]).filter((form) => form.length >= SHORTEST);
  // The longest first: one may hold another.
  return forms.toSorted((a, b) => b.length - a.length).reduce((masked, form) => masked.replaceAll(form, '***'), text);
}
