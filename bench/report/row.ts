/** One line of the report. */
export interface Row {
  /** Which benchmark it belongs to. */
  readonly benchmark: string;
  readonly what: string;
  /** With its unit. */
  readonly measured: string;
  /** What product.md promises, null where it promises nothing. */
  readonly promise: string | null;
  readonly met: boolean | null;
  /** The numbers behind it, for programs. Units are in the names. */
  readonly values: Readonly<Record<string, number | null>>;
}

/** What one benchmark found. */
export interface Findings {
  readonly rows: readonly Row[];
  /** What a reader has to know to read the rows rightly. */
  readonly notes: readonly string[];
}

/** A number for people: three digits that count, no exponent. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return '-';
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toLocaleString('en-US');
  return value.toFixed(size >= 10 ? 1 : 2);
}
