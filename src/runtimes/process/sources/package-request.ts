import { HoldfastError } from '../../../core/errors/holdfast-error.ts';

/** A package as it was asked for. */
export interface PackageRequest {
  readonly manager: 'npx' | 'uvx';
  readonly name: string;
  /** Optional parts of a Python package, sorted. */
  readonly extras: readonly string[];
  /** What stands behind the name: a version, a range, a tag; null = the newest. */
  readonly wanted: string | null;
  /** True when `wanted` names one version and no other. */
  readonly exact: boolean;
}

const NPM_NAME = /^(?:@[a-z0-9~._][a-z0-9~._-]*\/)?[a-z0-9~_][a-z0-9~._-]*$/i;
/** No `:` and `/`: these make it an alias, a URL, a folder or a repository, and none of those is a version. */
const NPM_WANTED = /^[^\s/:@]+$/;
const SEMVER = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;

/** `name`, `name@1.2.3`, `@scope/name@^1`, `name@next`. @throws HF_BAD_SPEC */
export function parseNpmRequest(text: string): PackageRequest {
  const at = text.lastIndexOf('@');
  const name = at > 0 ? text.slice(0, at) : text;
  const wanted = at > 0 ? text.slice(at + 1) : null;
  if (!NPM_NAME.test(name) || (wanted !== null && !NPM_WANTED.test(wanted))) {
    throw new HoldfastError('HF_BAD_SPEC', {
      what: `npx://${text} names no package of a registry`,
      fix: 'Write for example `npx://@modelcontextprotocol/server-memory` or `npx://name@1.2.3`.',
    });
  }
  const given = wanted === 'latest' ? null : wanted;
  return { manager: 'npx', name, extras: [], wanted: given, exact: given !== null && SEMVER.test(given) };
}

// PEP 508, without URLs and environment markers; `name@1.2.3` is what uvx adds to it.
const PYTHON = /^([a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)(?:\[([a-z0-9._,\s-]*)\])?(?:@([^\s@]+)|((?:===?|>=|<=|~=|!=|<|>)[^;@/]+))?$/i;
const PYTHON_EXACT = /^[0-9][0-9a-z.!+_-]*$/i;

/** `name`, `name@1.2.3`, `name==1.2.3`, `name[extra]>=1,<2`. @throws HF_BAD_SPEC */
export function parsePythonRequest(text: string): PackageRequest {
  const [, name, extras = '', at, specifier] = PYTHON.exec(text) ?? [];
  if (name === undefined || (at !== undefined && at !== 'latest' && !PYTHON_EXACT.test(at))) {
    throw new HoldfastError('HF_BAD_SPEC', {
      what: `uvx://${text} names no package of an index`,
      fix: 'Write for example `uvx://mcp-server-time` or `uvx://mcp-server-time@2025.9.25`.',
    });
  }
  const pinned = at === 'latest' ? undefined : (at ?? /^===?([0-9][0-9a-z.!+_-]*)$/i.exec(specifier?.trim() ?? '')?.[1]);
  const list = extras
    .split(',')
    .map((extra) => extra.trim().toLowerCase())
    .filter((extra) => extra !== '');
  return {
    manager: 'uvx',
    name: name.toLowerCase().replace(/[._-]+/g, '-'),
    extras: list.toSorted(),
    wanted: pinned ?? specifier?.trim() ?? null,
    exact: pinned !== undefined,
  };
}

/** What the folders of all versions of a package begin with, e.g. `@scope+name@`. */
export function installFolderPrefix({ name, extras }: Pick<PackageRequest, 'name' | 'extras'>): string {
  return `${name.replace('/', '+')}${extras.length === 0 ? '' : `[${extras.join(',')}]`}@`;
}

/** Folder of one installed version. Versions come from registries: one that could leave the folder is refused. */
export function installFolderName(request: Pick<PackageRequest, 'name' | 'extras'>, version: string): string {
  if (!/^[0-9a-z][0-9a-z.!+_-]*$/i.test(version)) {
    throw new HoldfastError('HF_PACKAGE_NOT_FOUND', {
      what: `${request.name} has a version with an odd name`,
      why: JSON.stringify(version),
    });
  }
  return `${installFolderPrefix(request)}${version}`;
}
