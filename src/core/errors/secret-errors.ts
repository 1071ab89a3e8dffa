/** Rows of the catalogue about secrets. */
export const secretErrors = {
  HF_SECRET_UNKNOWN: {
    kind: 'user',
    exit: 1,
    http: 404,
    meaning: 'There is no secret of that name.',
    fix: '`holdfast secret list` shows the names; `holdfast secret set NAME` makes one.',
  },
  HF_SECRET_VALUE: {
    kind: 'user',
    exit: 2,
    http: 400,
    meaning: 'The value of a secret is empty, too long, or nothing that an environment variable can hold.',
    fix: 'Set another value with `holdfast secret set NAME`.',
  },
  HF_SECRETS_LOCKED: {
    kind: 'user',
    exit: 1,
    http: 423,
    meaning: 'The key of the encrypted file of secrets is missing or wrong; the file was not touched.',
    fix: 'Give the passphrase with HOLDFAST_SECRETS_PASSPHRASE and `holdfast secret setup`, or put the key file back.',
  },
  HF_SECRETS_DAMAGED: {
    kind: 'environment',
    exit: 1,
    http: 500,
    meaning: 'The encrypted file of secrets was cut short or changed by something else; it was not touched.',
    fix: 'Put a copy of the file back, or move it away and set the secrets anew.',
  },
  HF_SECRETS_UNAVAILABLE: {
    kind: 'environment',
    exit: 1,
    http: 503,
    meaning: 'The provider that keeps the secrets cannot be reached.',
    fix: 'Unlock or start the keyring, or choose another provider with `holdfast secret provider`.',
  },
} as const;
