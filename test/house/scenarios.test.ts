import { describe, expect, it } from 'vitest';
import { checkoutFiles, readCheckoutFile } from './checkout.ts';
import { scenarioRows, scenariosIn } from './scenario-table.ts';

/** Rows that may still lack a test. This number only ever shrinks. */
const MOST_TO_COME = 5;

const rows = scenarioRows(readCheckoutFile('docs/scenarios.md'));
const toCome = JSON.parse(readCheckoutFile('docs/scenarios-to-come.json')) as string[];
const testFiles = ['src', 'test', 'simulation']
  .flatMap((folder) => checkoutFiles(folder))
  .filter((file) => file.endsWith('.test.ts') && !file.startsWith('test/house/'));
const covered = testFiles.map((file) => ({ file, ids: scenariosIn(file, readCheckoutFile(file)) }));

const filesNaming = (id: string): string[] => covered.filter(({ ids }) => ids.has(id)).map(({ file }) => file);

describe('docs/scenarios.md', () => {
  it('has every scenario once, in order', () => {
    expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: 47 }, (_, index) => `S${String(index + 1).padStart(2, '0')}`));
  });

  it('names exactly the files whose tests name the row', () => {
    const wrong = rows.flatMap(({ id, files }) => {
      const found = filesNaming(id);
      const missing = found.filter((file) => !files.includes(file)).map((file) => `${id}: the table lacks \`${file}\``);
      const stale = files.filter((file) => !found.includes(file)).map((file) => `${id}: no test of ${file} is named after it`);
      return [...missing, ...stale];
    });
    expect(wrong).toEqual([]);
  });

  it('has a test on the real thing, below test/, for every row that is not to come', () => {
    const real = (id: string): boolean => filesNaming(id).some((file) => file.startsWith('test/'));
    expect(rows.filter(({ id }) => !toCome.includes(id) && !real(id)).map(({ id }) => id)).toEqual([]);
  });

  it('is named by no test for a row that it does not have', () => {
    const known = new Set(rows.map(({ id }) => id));
    expect(covered.flatMap(({ file, ids }) => [...ids].filter((id) => !known.has(id)).map((id) => `${file}: ${id}`))).toEqual([]);
  });
});

describe('docs/scenarios-to-come.json', () => {
  it('is short, sorted, and only shrinks', () => {
    expect(toCome.length).toBeLessThanOrEqual(MOST_TO_COME);
    expect(toCome).toEqual([...new Set(toCome)].toSorted());
  });

  it('has only rows of the table, and none that has a test', () => {
    expect(toCome.filter((id) => !rows.some((row) => row.id === id))).toEqual([]);
    expect(toCome.filter((id) => filesNaming(id).length > 0)).toEqual([]);
  });
});

describe('the search for scenario tests', () => {
  it('reads the beginning of titles, with modifiers, and nothing else', () => {
    const text = `
      it('S01 one', () => {}); test(\`S02 two \${x}\`, () => {}); describe('S03, S04 three', () => {}); it.each([1])('S05 %i', () => {});
      describe.sequential('S06: six', () => {}); it('mentions S07', () => {}); log('S08 no test'); // it('S09 …')`;
    expect([...scenariosIn('x.test.ts', text)].toSorted()).toEqual(['S01', 'S02', 'S03', 'S04', 'S05', 'S06']);
  });

  it('reads the paths of a row', () => {
    const table =
      '| # | T | M | Tests |\n|---|---|---|---|\n| S01 | a `b` | c | `test/e2e/a.test.ts`, `test/b.test.ts` |\n| S02 | x | y | to come |\n';
    expect(scenarioRows(table)).toEqual([
      { id: 'S01', files: ['test/e2e/a.test.ts', 'test/b.test.ts'] },
      { id: 'S02', files: [] },
    ]);
  });
});
