/** Where secrets are kept: the keyring of the system, an encrypted file, or variables of the daemon's environment (read-only). */
export const secretProviders = ['keyring', 'encrypted', 'environment'] as const;

export type SecretProviderName = (typeof secretProviders)[number];

/** A provider, as it is shown. */
export interface SecretProviderView {
  readonly name: SecretProviderName;
  /** The one that is used. */
  readonly active: boolean;
  /** Somebody chose it, or it holds secrets; else it is what would be used. */
  readonly chosen: boolean;
  readonly readOnly: boolean;
  /** Where the values are, and what keeps them from others, a sentence. */
  readonly where: string;
  /** Why it cannot be used now; null where it can. */
  readonly problem: string | null;
}

/**
 * Values that servers need and nobody should see. Names: `checkSecretName`. Values are 1 byte to the provider's bound, any bytes.
 * All but `active` and `providers` throw HF_SECRETS_UNAVAILABLE, HF_SECRETS_LOCKED and HF_SECRETS_DAMAGED, and lose nothing then.
 */
export interface Secrets {
  /** The provider that is used, or would be. */
  active(): Promise<SecretProviderName>;
  /** All providers and how they are. */
  providers(): Promise<readonly SecretProviderView[]>;
  /** Uses this provider from now on; the secrets of the one before stay where they are. @throws HF_SECRETS_UNAVAILABLE where it cannot be used */
  choose(provider: SecretProviderName): Promise<void>;
  /**
   * Takes the passphrase of the encrypted file, for as long as the daemon lives. A file that has another kind of key is encrypted anew with it.
   * @throws HF_SECRETS_LOCKED where it is not the right one
   */
  unlock(passphrase: string): Promise<void>;
  /** Sorted. */
  names(): Promise<readonly string[]>;
  /** Null where there is none. What the provider does not have is looked for in the environment. */
  get(name: string): Promise<Uint8Array | null>;
  /** @throws HF_SECRET_VALUE where it is empty or too long, HF_UNSUPPORTED where the provider is read-only, HF_STATE_WRITE */
  set(name: string, value: Uint8Array): Promise<SecretProviderName>;
  /** False where there was none. @throws HF_UNSUPPORTED where the provider is read-only, HF_STATE_WRITE */
  delete(name: string): Promise<boolean>;
}
