/** A stream to write to, such as process.stdout. */
export interface Sink {
  readonly isTTY?: boolean | undefined;
  /** Width of the terminal. */
  readonly columns?: number | undefined;
  write(text: string): unknown;
}
