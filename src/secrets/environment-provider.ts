import type { SecretProvider } from './provider.ts';

const PREFIX = 'HOLDFAST_SECRET_';

/** Variables `HOLDFAST_SECRET_<NAME>` of the daemon's environment; `-` and `.` of a name may be written as `_`. Read-only. */
export function createEnvironmentProvider(env: Readonly<Record<string, string | undefined>>): SecretProvider {
  const find = (name: string): string | undefined => env[PREFIX + name] ?? env[PREFIX + name.replace(/[-.]/g, '_')];
  return {
    name: 'environment',
    mostBytes: 0,
    where: async () => `variables ${PREFIX}NAME of the daemon's environment, as it was when it started`,
    problem: async () => null,
    names: async () =>
      Object.keys(env)
        .filter((key) => key.startsWith(PREFIX) && key.length > PREFIX.length && env[key] !== '')
        .map((key) => key.slice(PREFIX.length))
        .toSorted(),
    async get(name) {
      const value = find(name);
      return value === undefined || value === '' ? null : Buffer.from(value);
    },
    set: async () => undefined,
    delete: async () => false,
  };
}
