/** Where clients put something into a text themselves: `${NAME}`, `${env:NAME}`, `${input:NAME}`, `${NAME:-default}`; `$NAME` as a whole. */
const VARIABLE = /\$\{([^}]*)\}/g;
const WHOLE = /^\$([A-Za-z_]\w*)$/;

/** The variables of a text by the names under which `--set` gives them: without `env:` and `input:`, and without a default. */
export function variablesIn(text: string): string[] {
  const whole = WHOLE.exec(text)?.[1];
  if (whole !== undefined) return [whole];
  return [...text.matchAll(VARIABLE)].map(([, inner = '']) => nameOf(inner));
}

/** The text with values for its variables; those without a value stay. */
export function withValues(text: string, values: ReadonlyMap<string, string>): string {
  const whole = WHOLE.exec(text)?.[1];
  if (whole !== undefined) return values.get(whole) ?? text;
  return text.replace(VARIABLE, (variable, inner: string) => values.get(nameOf(inner)) ?? variable);
}

function nameOf(inner: string): string {
  return inner.replace(/^(env|input):/, '').replace(/:-.*$/s, '');
}
