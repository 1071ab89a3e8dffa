// Which skipped tests are acceptable. A test that cannot run says so with `ctx.skip('needs THING: what is missing')`.
import { readFileSync } from 'node:fs';

/** @typedef {import('./tally-reporter.mjs').Skip} Skip */
/** @typedef {{ startsWith: string, because: string }} AllowedSkip one entry of scripts/allowed-skips.json */

/** @returns {AllowedSkip[]} reasons that may be skipped even in CI */
export function readAllowedSkips() {
  return /** @type {AllowedSkip[]} */ (JSON.parse(readFileSync(new URL('./allowed-skips.json', import.meta.url), 'utf8')));
}

/**
 * Tells what makes a skipped test a failure, or nothing when it may be skipped.
 * @param {Skip} skip
 * @param {{ required: readonly string[], ci: boolean, allowed: readonly AllowedSkip[] }} policy
 *   `required`: things that must be there (`needs THING` is then no excuse); `ci`: only reasons of the allow list pass
 * @returns {string | undefined} why the run fails
 */
export function objection(skip, { required, ci, allowed }) {
  if (!skip.reason) return 'it was skipped without a reason';
  const needed = /^needs ([\w-]+)/.exec(skip.reason)?.[1];
  if (needed !== undefined && required.includes(needed)) return `HOLDFAST_REQUIRE says that ${needed} must be there`;
  if (ci && !allowed.some((entry) => skip.reason?.startsWith(entry.startsWith)))
    return 'scripts/allowed-skips.json does not allow this reason in CI';
  return undefined;
}
