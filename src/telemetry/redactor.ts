import { SecretSearch, SHORTEST } from './secret-search.ts';

const MASK = '***';
/** A line of a secret of several lines (a private key) is a secret too when it is this long: logs come line by line. */
const SHORTEST_LINE = 12;
/** Deeper data is replaced as a whole. */
const DEEPEST = 12;

/** Takes known secret values out of everything that leaves the daemon: logs, events, statuses, `error.data`. */
export interface Redactor {
  /** Replaces what this owner (a workload's id) has; values under 4 characters are ignored. */
  add(owner: string, values: Iterable<string>): void;
  remove(owner: string): void;
  /** Each known value, also as it reads in JSON and in a URL, becomes `***`. */
  redact(text: string): string;
  /** The same for every string and key in plain data; errors become `{ name, message, … }`. Neither cycles nor depth can harm it. */
  redactDeep<T>(value: T): T;
}

export function createRedactor(): Redactor {
  const owners = new Map<string, readonly string[]>();
  let search: SecretSearch | null = null;

  const redact = (text: string): string => {
    if (owners.size === 0 || text.length < SHORTEST) return text;
    search ??= new SecretSearch(new Set([...owners.values()].flat()));
    const ranges = search.find(text);
    if (ranges.length === 0) return text;
    let result = '';
    let done = 0;
    for (const { start, end } of ranges) {
      result += text.slice(done, start) + MASK;
      done = end;
    }
    return result + text.slice(done);
  };

  return {
    add(owner, values) {
      const forms = [...new Set([...values].flatMap(formsOf))];
      if (forms.length === 0) owners.delete(owner);
      else owners.set(owner, forms);
      search = null;
    },
    remove(owner) {
      if (owners.delete(owner)) search = null;
    },
    redact,
    // A copy of plain data has the type of the original; an Error among it becomes plain data, which only loggers see.
    redactDeep: <T>(value: T): T => redactValue(value, redact, []) as T,
  };
}

/** How a secret may be written: as it is, inside JSON, inside a URL, and each long line of it. */
function formsOf(value: string): string[] {
  const lines = value.includes('\n') ? value.split(/\r?\n/).filter((line) => line.trim().length >= SHORTEST_LINE) : [];
  return [value, ...lines]
    .flatMap((form) => [form, JSON.stringify(form).slice(1, -1), urlForm(form)])
    .filter((form) => form.length >= SHORTEST);
}

function urlForm(value: string): string {
  try {
    return encodeURIComponent(value);
  } catch {
    return value; // Half of a surrogate pair has no form in a URL.
  }
}

function redactValue(value: unknown, redact: (text: string) => string, above: readonly object[]): unknown {
  if (typeof value === 'string') return redact(value);
  if (typeof value === 'bigint') return redact(String(value));
  if (typeof value !== 'object' || value === null) return value;
  if (above.includes(value)) return '[circular]';
  if (above.length >= DEEPEST) return '[too deep]';
  const path = [...above, value];
  if (Array.isArray(value)) return value.map((item) => redactValue(item, redact, path));
  if (value instanceof Date) return value;
  const entries = value instanceof Error ? errorEntries(value) : Object.entries(value);
  return Object.fromEntries(entries.map(([key, item]) => [redact(key), redactValue(item, redact, path)]));
}

/** What is worth knowing of an error: its own fields, and those that are not enumerable. */
function errorEntries(error: Error): [string, unknown][] {
  const { name, message, stack, cause } = error;
  const hidden: [string, unknown][] = [
    ['name', name],
    ['message', message],
    ['stack', stack],
  ];
  if (cause !== undefined) hidden.push(['cause', cause]);
  return [...hidden, ...Object.entries(error).filter(([key]) => !hidden.some(([taken]) => taken === key))];
}
