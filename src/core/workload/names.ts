import { HoldfastError } from '../errors/holdfast-error.ts';

const LEGAL = /^[a-z0-9][a-z0-9_-]{0,62}$/;
const RESERVED: ReadonlySet<string> = new Set(['k', 'api', 'health', 'metrics']);

/** True for a name that may stand in a URL path, a file name and a label. */
export function isLegalName(name: string): boolean {
  return LEGAL.test(name) && !RESERVED.has(name);
}

/** @throws HF_BAD_NAME */
export function checkName(name: string): string {
  if (RESERVED.has(name)) throw new HoldfastError('HF_BAD_NAME', { what: `The name ${JSON.stringify(name)} is reserved` });
  if (!LEGAL.test(name)) throw new HoldfastError('HF_BAD_NAME', { what: `The name ${JSON.stringify(name)} is not allowed` });
  return name;
}

/** A legal name made from what the user typed: the last path segment, without scheme, scope, version, tag, digest or extension. */
export function nameFromSource(source: string): string {
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(source);
  const bare = withScheme ? source.replace(/^[^:]+:\/\//, '').replace(/[?#].*$/, '') : untagged(source);
  const segment = bare.split('/').findLast((part) => part !== '') ?? 'server';
  const plain = segment.replace(/(?<=.)@.*$/, '').replace(/\.(c|m)?[jt]s$|\.py$|\.sh$/, '');
  const legal = plain
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^[^a-z0-9]+|-+$/g, '')
    .slice(0, 63);
  return isLegalName(legal) ? legal : `server-${legal}`.replace(/-+$/, '').slice(0, 63);
}

/** An image without its tag and digest; a colon before the last slash belongs to the registry's port. */
function untagged(image: string): string {
  return image.replace(/@.*$/s, '').replace(/:[^/:]*$/, '');
}
