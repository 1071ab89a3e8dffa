import { describe, expect, it } from 'vitest';
import { readCheckoutFile, sourceFiles } from './checkout.ts';
import { importArrows, importCycles, reachable } from './graph.ts';
import { layerOf, wrongDirection } from './layers.ts';
import { moduleReferences } from './syntax.ts';

/** The graph of the day this test was written had more; fewer means that the scan lost files. */
const FEWEST_MODULES = 100;

const files = new Map(sourceFiles('src').map((file) => [file, readCheckoutFile(file)]));
const arrows = importArrows(files);

describe('imports of src/', () => {
  it('are found in every module', () => {
    expect(files.size).toBeGreaterThan(FEWEST_MODULES);
    expect(arrows.length).toBeGreaterThan(files.size);
    expect([...files.keys()].filter((file) => layerOf(file) === undefined)).toEqual([]);
  });

  it('lead to files that exist', () => {
    const lost = arrows.filter(({ to }) => to.startsWith('src/') && !to.endsWith('.json') && !files.has(to));
    expect(lost).toEqual([]);
  });

  it('leave src/ only for node, a dependency of the programs, or package.json', () => {
    const { dependencies } = JSON.parse(readCheckoutFile('package.json')) as { dependencies: Record<string, string> };
    const outside = arrows.filter(({ to }) => !to.startsWith('src/') && !to.startsWith('node:') && to !== 'package.json');
    expect(outside.filter(({ to }) => !(to in dependencies))).toEqual([]);
  });

  it('follow the directions of docs/architecture.md', () => {
    expect(arrows.map(wrongDirection).filter((problem) => problem !== undefined)).toEqual([]);
  });

  it('form no circle', () => {
    expect(importCycles(arrows).map((cycle) => cycle.join(' → '))).toEqual([]);
  });

  it('bring no module of node into the core, not even through lib', () => {
    const impure = [...files.keys()]
      .filter((file) => layerOf(file) === 'core' || layerOf(file) === 'mcp')
      .flatMap((file) => [...reachable(arrows, file)].filter((to) => to.startsWith('node:')).map((to) => `${file} reaches ${to}`));
    expect(impure).toEqual([]);
  });
});

describe('the scan itself', () => {
  it('sees every form of import and no text that only looks like one', () => {
    const text = `
      import type { A } from './a.ts'; import { type B } from './b.ts'; import './c.ts';
      export * from './d.ts'; export { e } from './e.ts'; export type { F } from './f.ts';
      const g = await import('./g.ts'); type H = import('./h.ts').H; const i = () => import(\`./i.ts\`);
      // import x from './comment.ts'
      const text = "import y from './string.ts'";`;
    const found = moduleReferences('x.ts', text);
    expect(found.map(({ specifier }) => specifier).toSorted()).toEqual(
      ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map((name) => `./${name}.ts`),
    );
    expect(found.filter(({ kind }) => kind === 'dynamic').map(({ specifier }) => specifier)).toEqual(['./g.ts', './i.ts']);
    expect(() => moduleReferences('x.ts', 'await import(name)')).toThrow('must be a plain string');
  });

  it('names the package behind a deep import, and node modules by their full name', () => {
    const found = importArrows(
      new Map([['src/a/b.ts', "import 'zod/v4'; import '@x/y/z'; import 'fs'; import 'node:fs/promises'; import '../c.ts';"]]),
    );
    expect(found.map(({ to }) => to)).toEqual(['zod', '@x/y', 'node:fs', 'node:fs/promises', 'src/c.ts']);
  });

  it('finds a circle and everything reachable', () => {
    const made = importArrows(
      new Map([
        ['src/a.ts', "import './b.ts'"],
        ['src/b.ts', "import type { C } from './c.ts'; import 'node:fs'"],
        ['src/c.ts', "import './b.ts'"],
      ]),
    );
    expect(importCycles(made)).toEqual([['src/b.ts', 'src/c.ts', 'src/b.ts']]);
    expect([...reachable(made, 'src/a.ts')].toSorted()).toEqual(['node:fs', 'src/b.ts', 'src/c.ts']);
  });

  it.each([
    ['src/core/a.ts', 'src/gateway/b.ts', 'core must not know gateway'],
    ['src/core/a.ts', 'node:fs', 'core knows no input or output'],
    ['src/core/a.ts', 'undici', 'may use zod'],
    ['src/gateway/a.ts', 'src/runtimes/b.ts', 'gateway must not know runtimes'],
    ['src/cli/a.ts', 'src/compose/b.ts', 'only by import()'],
    ['src/api/connect/a.ts', 'src/api/server/b.ts', 'api/connect must not know api/server'],
    ['src/lib/a.ts', 'src/core/b.ts', 'lib must not know core'],
    ['src/things/a.ts', 'src/core/b.ts', 'knows no such layer'],
  ])('refuses %s → %s', (from, to, problem) => {
    expect(wrongDirection({ from, to, kind: 'static' })).toContain(problem);
  });

  it.each([
    { from: 'src/cli/a.ts', to: 'src/compose/b.ts', kind: 'dynamic' as const },
    { from: 'src/gateway/a.ts', to: 'src/core/b.ts', kind: 'static' as const },
    { from: 'src/gateway/a.ts', to: 'undici', kind: 'static' as const },
    { from: 'src/core/a.ts', to: 'zod', kind: 'static' as const },
  ])('allows $from → $to', (arrow) => {
    expect(wrongDirection(arrow)).toBeUndefined();
  });
});
