import { usage } from '../usage.ts';

/** `NAME,target=KEY` as the name of a secret and of a variable; `NAME` alone names both. @throws HF_USAGE */
export function secretReference(text: string): { name: string; target: string } {
  const [, name = '', target = name] = /^([^,=]+)(?:,target=([^,=]+))?$/.exec(text) ?? [];
  if (name === '')
    throw usage(`--secret ${JSON.stringify(text)} is not NAME,target=KEY`, 'Write it as --secret github,target=GITHUB_TOKEN.');
  return { name, target };
}
