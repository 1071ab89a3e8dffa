/** `?a=1&b=x`, without what is undefined; empty where nothing is left. */
export function queryString(values: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== undefined) parameters.set(name, String(value));
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

/** The value of `filters`: everything that carries these labels with these values. */
export function labelFilter(labels: Readonly<Record<string, string>>, more: Readonly<Record<string, readonly string[]>> = {}): string {
  return JSON.stringify({ ...more, label: Object.entries(labels).map(([name, value]) => `${name}=${value}`) });
}
