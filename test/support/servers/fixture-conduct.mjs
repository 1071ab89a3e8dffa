// How a fixture server is to behave, and what it did. CONDUCT names a JSON file that is read at each start, so that a test can change what
// the next incarnation does; JOURNAL names a file that gets one line for each thing that happened. Lines are on disk before they are acted on.
import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** Names this incarnation: in containers, pids are the same again and again. */
export const BOOT = randomUUID();

/**
 * @typedef {object} Conduct
 * @property {number} [bootMs] before anything is read or listened on
 * @property {number} [exit] ends with this code instead of serving
 * @property {boolean} [deaf] never answers
 * @property {string} [banner] what it writes to stdout first, though it is no message
 * @property {string[]} [extraTools] tools beside the usual ones
 * @property {boolean} [plain] no tool is annotated
 * @property {string} [protocolVersion] the newest revision that it speaks
 * @property {string} [claimedVersion] the revision that it answers to `initialize`, whatever was asked
 * @property {404 | 400} [unknownSession] what an HTTP server says to a session id that it does not know; 404 where absent
 * @property {boolean} [stateless] HTTP without session ids
 * @property {boolean} [json] HTTP answers in JSON instead of event streams
 * @property {boolean} [oneSession] HTTP with one transport, as the simplest servers have it: a second `initialize` is refused
 * @property {boolean} [resumable] HTTP with an event store, whose streams are primed
 * @property {'serve' | 'reject'} [legacy] of a server of the 2026-07-28 era: whether it serves older clients, too
 */

/** @returns {Conduct} */
export function readConduct() {
  const file = process.env['CONDUCT'];
  return file !== undefined && existsSync(file) ? /** @type {Conduct} */ (JSON.parse(readFileSync(file, 'utf8'))) : {};
}

/**
 * @param {string} what
 * @param {Record<string, unknown>} [more]
 */
export function journal(what, more = {}) {
  const file = process.env['JOURNAL'];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify({ pid: process.pid, boot: BOOT, what, ...more })}\n`);
}

/** Whether an earlier incarnation, or this one, ran that tool with that tag. @param {string} tool @param {string | undefined} tag */
export function executedBefore(tool, tag) {
  const file = process.env['JOURNAL'];
  if (file === undefined || !existsSync(file)) return false;
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  const entries = lines.map((line) => /** @type {{ what: string, tool?: string, tag?: string }} */ (JSON.parse(line)));
  return entries.some((entry) => entry.what === 'executed' && entry.tool === tool && entry.tag === tag);
}

/** @param {number} ms @param {AbortSignal} [signal] ends the wait early */
export function pause(ms, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve(undefined);
    });
  });
}

/** What comes before serving: the boot, or an end instead of it. @param {Conduct} conduct */
export async function boot(conduct) {
  journal('boot', { argv: process.argv.slice(2), host: hostname() });
  process.stderr.write(`fixture ${process.pid} boots\n`);
  if (conduct.banner !== undefined) process.stdout.write(conduct.banner);
  if (conduct.bootMs !== undefined) await pause(conduct.bootMs);
  if (conduct.exit !== undefined) {
    process.stderr.write(`fixture ${process.pid} was told to exit with ${conduct.exit}\n`);
    process.exit(conduct.exit);
  }
}
