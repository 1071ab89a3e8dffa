import type { SecretProviderName } from '../core/ports/secrets.ts';

/** One place that keeps secrets. Errors as the port `Secrets` says. */
export interface SecretProvider {
  readonly name: SecretProviderName;
  /** The longest value, in bytes; 0 = read-only. */
  readonly mostBytes: number;
  /** Where the values are, and what keeps them from others, a sentence. */
  where(): Promise<string>;
  /** Why it cannot be used now; null where it can. */
  problem(): Promise<string | null>;
  names(): Promise<readonly string[]>;
  get(name: string): Promise<Uint8Array | null>;
  set(name: string, value: Uint8Array): Promise<void>;
  /** False where there was none. */
  delete(name: string): Promise<boolean>;
}
