import * as z from 'zod';
import { HoldfastError } from '../errors/holdfast-error.ts';

const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
/** What shells and programs take for the name of a variable. */
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** A variable of a server that gets the value of a secret at each start. */
export const secretReferenceSchema = z.object({
  /** Name of the secret. */
  name: z.string().regex(NAME),
  /** Name of the variable. */
  target: z.string().regex(VARIABLE),
});

export type SecretReference = z.infer<typeof secretReferenceSchema>;

/** @throws HF_BAD_NAME */
export function checkSecretName(name: string): string {
  if (NAME.test(name)) return name;
  throw new HoldfastError('HF_BAD_NAME', {
    what: `${JSON.stringify(name)} cannot be the name of a secret`,
    fix: 'Use up to 128 letters, digits, dots, - and _, beginning with a letter, a digit or _.',
    data: { name },
  });
}

/** @throws HF_BAD_NAME, HF_BAD_SPEC */
export function checkSecretReference({ name, target }: SecretReference): void {
  checkSecretName(name);
  if (VARIABLE.test(target)) return;
  throw new HoldfastError('HF_BAD_SPEC', {
    what: `${JSON.stringify(target)} cannot be the name of an environment variable`,
    fix: 'Write it as --secret NAME,target=VARIABLE.',
    data: { target },
  });
}

/** The references with others added, sorted by target; of one target the last counts. */
export function mergeSecrets(before: readonly SecretReference[], added: readonly SecretReference[]): SecretReference[] {
  const byTarget = new Map([...before, ...added].map(({ name, target }) => [target, { name, target }]));
  return [...byTarget.values()].toSorted((a, b) => (a.target < b.target ? -1 : 1));
}

/** A name made of any text, legal for a secret with room for a number; empty text gives `secret`. */
export function secretNameFrom(text: string): string {
  const legal = text.replace(/[^A-Za-z0-9_.-]+/g, '_').replace(/^[.-]+/, '');
  return legal === '' ? 'secret' : legal.slice(0, 120);
}
