import { openApiDocument } from '../../src/api/contract/openapi.ts';
import { commands, groups, summary } from '../../src/cli/commands.ts';
import { descriptors } from '../../src/client-config/descriptors/descriptors.ts';
import { catalogue } from '../../src/core/errors/catalogue.ts';
import { clientReference } from './client-reference.ts';
import { commandReference } from './command-reference.ts';
import { errorReference } from './error-reference.ts';

/** Documents that are made from the code, by their path in the checkout. test/house/docs.test.ts compares them with what is there. */
export function documents(): Readonly<Record<string, string>> {
  return {
    'docs/cli.md': commandReference(commands, groups, summary),
    'docs/clients.md': clientReference(descriptors),
    'docs/errors.md': errorReference(catalogue),
    'docs/openapi.json': `${JSON.stringify(openApiDocument(), null, 2)}\n`,
  };
}
