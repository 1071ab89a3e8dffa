import { HoldfastError } from '../../../core/errors/holdfast-error.ts';

/** What a source asks for, as far as this runtime can run it. */
export type Source = { readonly scheme: 'cmd' | 'npx' | 'uvx'; readonly rest: string };

/**
 * Splits a source into its scheme and the rest.
 * @throws HF_UNSUPPORTED for what this version cannot run, HF_BAD_SPEC for what is no source
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
        why: 'go:// sources are built into images, which comes with a later version',
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
        fix: 'Use `cmd://`, `npx://` or `uvx://`, or the name of an image without a scheme.',
      });
  }
}

/** What can only be meant as a path; names of images do not come here. */
function noScheme(source: string): never {
  throw new HoldfastError('HF_BAD_SPEC', {
    what: source === '' ? 'There is nothing to run' : `${source} is a path, not a source`,
    fix: source === '' ? 'Name an image, or a program with `cmd://`.' : `Write \`cmd://${source}\` to run it as a process.`,
  });
}
