/** Layers that are adapters: they know the core and never one another. */
const ADAPTERS = ['gateway', 'runtimes', 'client-config', 'state', 'secrets', 'telemetry', 'settings', 'registry', 'images'] as const;

const ADAPTER_MAY = ['core', 'mcp', 'platform', 'lib'] as const;

/** What each layer of src/ may import. A layer may always import itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  mcp: ['lib'],
  core: ['mcp', 'lib'],
  platform: ['lib'],
  control: ['core', 'mcp', 'lib'],
  usecases: ['core', 'mcp', 'lib'],
  ...Object.fromEntries(ADAPTERS.map((adapter) => [adapter, ADAPTER_MAY])),
  bridge: ADAPTER_MAY,
  'api/contract': ['core', 'lib'],
  'api/server': ['usecases', 'api/contract', 'core', 'platform', 'lib'],
  'api/connect': ['api/contract', 'platform', 'lib'],
  compose: [...ADAPTERS, 'bridge', 'control', 'usecases', 'api/contract', 'api/server', 'api/connect', 'core', 'mcp', 'platform', 'lib'],
  cli: ['api/contract', 'api/connect', 'settings', 'platform', 'lib'],
  bin: ['cli', 'compose'],
};

/** Layers that are reached by `import()` only, so that a command which does not need them never loads them. */
const MAY_IMPORT_LAZILY: Readonly<Record<string, readonly string[]>> = { cli: ['compose'] };

/** Packages that a layer may import; a layer that is not named may import any. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = { lib: [], mcp: ['zod'], core: ['zod'] };

/** An import from one module to another, or to a package. */
export interface Arrow {
  /** Path of the importing file, e.g. `src/core/errors/catalogue.ts`. */
  readonly from: string;
  /** Path of the imported file in src/, or the name of a package or `node:` module. */
  readonly to: string;
  readonly kind: 'static' | 'dynamic';
}

/**
 * The layer of a file: the folder below src/, with its parent for the three parts of api/.
 * @returns undefined where the file lies in no known layer
 */
export function layerOf(file: string): string | undefined {
  const [, first = '', second = ''] = file.split('/');
  const layer = first === 'api' ? `api/${second}` : first;
  return layer in MAY_IMPORT ? layer : undefined;
}

/** Says what is wrong with an import, or nothing. */
export function wrongDirection({ from, to, kind }: Arrow): string | undefined {
  const layer = layerOf(from);
  if (layer === undefined) return `${from}: test/house/layers.ts knows no such layer`;
  if (!to.startsWith('src/')) return wrongPackage(layer, from, to);
  const target = layerOf(to);
  if (target === undefined) return `${from} imports ${to}: test/house/layers.ts knows no such layer`;
  if (target === layer || MAY_IMPORT[layer]?.includes(target)) return undefined;
  if (MAY_IMPORT_LAZILY[layer]?.includes(target)) {
    return kind === 'dynamic' ? undefined : `${from} imports ${to}: ${layer} reaches ${target} only by import()`;
  }
  return `${from} imports ${to}: ${layer} must not know ${target}`;
}

function wrongPackage(layer: string, from: string, to: string): string | undefined {
  const allowed = PACKAGES[layer];
  if (allowed === undefined) return undefined;
  if (to.startsWith('node:')) return layer === 'lib' ? undefined : `${from} imports ${to}: ${layer} knows no input or output`;
  return allowed.includes(to) ? undefined : `${from} imports the package ${to}: ${layer} may use ${allowed.join(', ') || 'none'}`;
}
