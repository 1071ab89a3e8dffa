import { testTitles } from './syntax.ts';

/** One row of docs/scenarios.md. */
export interface ScenarioRow {
  /** `S01` … */
  readonly id: string;
  /** Paths in the last column, relative to the root. */
  readonly files: readonly string[];
}

/** Reads the rows of the table; a column of tests holds paths between backquotes. */
export function scenarioRows(markdown: string): ScenarioRow[] {
  return [...markdown.matchAll(/^\| (S\d\d) \|.*\|([^|]*)\|$/gm)].map(([, id = '', tests = '']) => ({
    id,
    files: [...tests.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''),
  }));
}

/**
 * Rows that a test file names: the ids at the beginning of its titles (`S07 …`, `S07, S08 …`).
 */
export function scenariosIn(file: string, text: string): Set<string> {
  const ids = testTitles(file, text).flatMap((title) => /^(?:S\d\d[\s,:+]*)+/.exec(title)?.[0].match(/S\d\d/g) ?? []);
  return new Set(ids);
}
