// A vitest reporter that writes what really ran into the file named by HOLDFAST_TALLY; scripts/test.mjs adds these up.
// HOLDFAST_TALLY_NAMED: the pattern that chooses tests by name, where there is one.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * @typedef {object} Tally
 * @property {number} files test files that were loaded
 * @property {number} passed
 * @property {number} failed failed tests, and one for each file, suite or run that failed outside of a test
 * @property {number} skipped
 * @property {Skip[]} skips one per skipped test
 *
 * @typedef {{ test: string, reason: string | undefined }} Skip `reason`: the note given to `ctx.skip(note)`
 */

// Vitest takes a reporter from a file as its default export.
export default class TallyReporter {
  /**
   * @param {ReadonlyArray<import('vitest/node').TestModule>} modules
   * @param {ReadonlyArray<unknown>} unhandled errors outside of every test
   */
  onTestRunEnd(modules, unhandled) {
    const file = process.env['HOLDFAST_TALLY'];
    if (!file) throw new Error('HOLDFAST_TALLY must name the file to write');
    /** @type {Tally} */
    const tally = { files: modules.length, passed: 0, failed: unhandled.length, skipped: 0, skips: [] };
    const named = new RegExp(process.env['HOLDFAST_TALLY_NAMED'] ?? '');
    for (const module of modules) {
      tally.failed += module.errors().length;
      for (const suite of module.children.allSuites()) tally.failed += suite.errors().length;
      for (const test of module.children.allTests()) {
        const result = test.result();
        // Left out by name, not skipped: another stage has it.
        if (result.state === 'skipped' && !named.test(test.fullName)) continue;
        if (result.state === 'passed') tally.passed += 1;
        // A test that never came to an end (its process died) has not passed.
        else if (result.state === 'failed' || result.state === 'pending') tally.failed += 1;
        else {
          tally.skipped += 1;
          tally.skips.push({ test: `${module.relativeModuleId} > ${test.fullName}`, reason: result.note });
        }
      }
    }
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(tally, null, 2));
  }
}
