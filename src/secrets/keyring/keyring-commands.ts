/** The keyring of one operating system, spoken to by a program that comes with it. Values are text without white space. */
export interface KeyringCommands {
  /** As its users know it, e.g. `the login keyring (Secret Service)`. */
  readonly title: string;
  /** The longest text that can be kept. */
  readonly longest: number;
  /** Why it cannot be used; null where it answers. */
  problem(): Promise<string | null>;
  /** Null where it has nothing of that name. @throws Error */
  get(name: string): Promise<string | null>;
  /** @throws Error */
  set(name: string, text: string): Promise<void>;
  /** False where there was nothing. @throws Error */
  delete(name: string): Promise<boolean>;
}

/** What a keyring is reached with. */
export interface KeyringPlace {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Tells the secrets of one Holdfast home from those of another; letters and digits. */
  readonly space: string;
}

/** A look that shows whether it answers at all, ms. */
export const LOOK_MS = 3_000;
/** A keyring that is locked may ask its user first, ms. */
export const WORK_MS = 30_000;
