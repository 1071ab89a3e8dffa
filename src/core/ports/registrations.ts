import type { Registration } from '../clients/registration.ts';

/** The registered clients on disk: one private file (0600), replaced as a whole. */
export interface RegistrationStore {
  /** A damaged file is set aside and counts as none. @throws HF_STATE_NEWER */
  load(): Promise<readonly Registration[]>;
  /** Resolves when it is on disk. @throws HF_STATE_WRITE; the old file stays */
  save(registrations: readonly Registration[]): Promise<void>;
}
