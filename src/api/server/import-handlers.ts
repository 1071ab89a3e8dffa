import type { ClientImports } from '../../core/ports/client-imports.ts';
import type { importRoutes } from '../contract/import-routes.ts';
import type { Handlers } from './handler.ts';

/** The operations on what AI clients have already. */
export function createImportHandlers(imports: ClientImports): Pick<Handlers, keyof typeof importRoutes> {
  return {
    importServers:
      ({ name, body }) =>
      async (progress, signal) => {
        const { names = [], values = {}, caller, dry_run: dryRun = false } = body;
        const { entries, changes, warnings } = await imports.run({ client: name, names, values, caller, dryRun }, progress, signal);
        return {
          entries: entries.map(({ source, secrets, ...entry }) => ({ ...entry, package: source, secrets: [...secrets] })),
          changes: [...changes],
          warnings: [...warnings],
        };
      },
  };
}
