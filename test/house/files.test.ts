import { statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkoutFiles, readCheckoutFile, sourceFiles } from './checkout.ts';
import { moduleLevelState } from './syntax.ts';

const MOST_BYTES = 12 * 1024;
const MOST_LIB_FILES = 15;
const VAGUE_NAMES = ['utils', 'helpers', 'manager', 'common', 'misc'];
/** Put together here, so that this file does not find itself. */
const REGISTRY_HOSTS = [
  ['registry', 'npmjs', 'org'],
  ['registry', 'yarnpkg', 'com'],
  ['pypi', 'org'],
  ['files', 'pythonhosted', 'org'],
  ['crates', 'io'],
  ['proxy', 'golang', 'org'],
  ['deb', 'debian', 'org'],
].map((parts) => parts.join('.'));
/** A path that exists on one machine only. */
const MACHINE_PATH = new RegExp(['(?<![\\w.~$}*-])', 'work', ''].join('/'));
const BINARY = /\.(png|jpe?g|gif|ico|woff2?|gz|tgz)$/;

const everything = checkoutFiles();
const code = ['src', 'test', 'simulation', 'bench', 'demo', 'scripts']
  .flatMap((folder) => checkoutFiles(folder))
  .filter((file) => /\.(ts|mjs)$/.test(file));

describe('files of the checkout', () => {
  it('are listed', () => {
    expect(everything).toContain('package.json');
    expect(code.length).toBeGreaterThan(10);
  });

  it('are small: one concept each', () => {
    const large = code.filter((file) => !file.endsWith('.test.ts') && statSync(file).size > MOST_BYTES);
    expect(large.map((file) => `${file} has ${statSync(file).size} bytes`)).toEqual([]);
  });

  it('lie in folders named for a thing', () => {
    const vague = everything.filter(
      (file) =>
        dirname(file)
          .split('/')
          .some((part) => VAGUE_NAMES.includes(part)) || VAGUE_NAMES.includes(basename(file).replace(/\..*/, '')),
    );
    expect(vague).toEqual([]);
  });

  it('keep lib small', () => {
    expect(sourceFiles('src/lib').length).toBeLessThanOrEqual(MOST_LIB_FILES);
  });

  it('hold no state of a module in src', () => {
    const state = sourceFiles('src').flatMap((file) => moduleLevelState(file, readCheckoutFile(file)).map((what) => `${file}: ${what}`));
    expect(state).toEqual([]);
  });

  it('switch no check off', () => {
    const switches = new RegExp(['ts-(ignore', 'nocheck)', '(eslint', 'oxlint)-disable', 'biome-ignore', 'v8 ignore'].join('|'));
    expect(code.filter((file) => !file.startsWith('test/house/') && switches.test(readCheckoutFile(file)))).toEqual([]);
  });

  it('name no registry host and no folder of one machine', () => {
    const found = everything
      .filter((file) => !BINARY.test(file))
      .flatMap((file) => {
        const text = readCheckoutFile(file);
        const hosts = REGISTRY_HOSTS.filter((host) => text.includes(host));
        const paths = file.endsWith('package-lock.json') ? [] : (MACHINE_PATH.exec(text) ?? []);
        return [...hosts, ...paths].map((what) => `${file}: ${what}`);
      });
    expect(found).toEqual([]);
  });

  it('pin every dependency to one version, and lock it without an address', () => {
    const { dependencies, devDependencies } = readPackage();
    const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));
    expect(loose).toEqual([]);
    expect(readCheckoutFile('package-lock.json')).not.toContain('"resolved"');
  });

  it('explain every dependency, and no other, in docs/dependencies.md', () => {
    const { dependencies, devDependencies } = readPackage();
    const explained = [...readCheckoutFile('docs/dependencies.md').matchAll(/^\| `([^`]+)` +\|/gm)].map((match) => match[1]);
    expect(explained.toSorted()).toEqual(Object.keys({ ...dependencies, ...devDependencies }).toSorted());
  });
});

describe('the search for state', () => {
  it('finds variables and empty collections at the top of a module, and nothing inside functions', () => {
    const text = `
      let a = 1; export let b = 2; const c = new Map(); export const d = []; const e = {}; const f = new Set();
      const g = new Map([[1, 2]]); const h = [1]; function i() { let j = 1; return j; } const k = () => new Map();`;
    expect(moduleLevelState('x.ts', text)).toEqual([
      'let a',
      'let b',
      ...['c', 'd', 'e', 'f'].map((name) => `${name}, which starts empty`),
    ]);
  });
});

function readPackage(): { dependencies: Record<string, string>; devDependencies: Record<string, string> } {
  return JSON.parse(readCheckoutFile('package.json')) as ReturnType<typeof readPackage>;
}
