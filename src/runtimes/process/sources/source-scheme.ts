import { HoldfastError } from '../../../core/errors/holdfast-error.ts';

/** What a source asks for, as far as this runtime can run it. */
export type Source = { readonly scheme: 'cmd' | 'npx' | 'uvx'; readonly rest: string };

/**
 * Splits a source into its scheme and the rest.
 * @throws HF_UNSUPPORTED for what this version cannot run, HF_RUNTIME_UNAVAILABLE for images, HF_BAD_SPEC for what is no source
 */
export function parseSource(source: string): Source {
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is.exec(source) ?? [];
  switch (scheme.toLowerCase()) {
    case 'cmd':
      return { scheme: 'cmd', rest };
    case 'npx':
      return { scheme: 'npx', rest };
    case 'uvx':
      return { scheme: 'uvx', rest };
    case 'go':
      throw new HoldfastError('HF_UNSUPPORTED', {
        what: `${source} cannot be run`,
        why: 'go:// sources are built into images, and engines come with a later version',
        fix: 'Build the program with `go install` and run it with `cmd://`.',
      });
    case 'http':
    case 'https':
      throw new HoldfastError('HF_UNSUPPORTED', {
        what: `${source} cannot be run`,
        why: 'remote servers come with a later version',
        fix: 'Run a server on this machine with `cmd://`, `npx://` or `uvx://`.',
      });
    case '':
      return noScheme(source);
    default:
      throw new HoldfastError('HF_UNSUPPORTED', {
        what: `${source} cannot be run`,
        why: `${scheme}:// is not a scheme that is known`,
        fix: 'Use `cmd://`, `npx://` or `uvx://`.',
      });
  }
}

/** Without a scheme it is the name of an image or of a registry, unless it can only be a path. */
function noScheme(source: string): never {
  if (/^[./~]/.test(source)) {
    throw new HoldfastError('HF_BAD_SPEC', {
      what: `${source} is a path, not a source`,
      fix: `Write \`cmd://${source}\` to run it as a process.`,
    });
  }
  throw new HoldfastError('HF_RUNTIME_UNAVAILABLE', {
    what: `${JSON.stringify(source)} is an image, and no container engine can be used`,
    why: 'engines come with a later version',
    fix: `Run it as a process: \`cmd://PROGRAM\`, \`npx://PACKAGE\` or \`uvx://PACKAGE\`.`,
  });
}
