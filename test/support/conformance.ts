import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const PACKAGE = '@modelcontextprotocol/conformance';
/** Pinned: what the suite asks for changes from one version to the next. */
const VERSION = '0.2.0-alpha.12';
const INSTALL_BOUND_MS = 90_000;
const RUN_BOUND_MS = 75_000;
const SCENARIO_BOUND_MS = 10_000;
/** `globSync` is younger than Node 20; only the suite's command `tier-check` calls it. */
const YOUNG_IMPORT = /\bglobSync as (\w+),/;

const run = promisify(execFile);

/** The official conformance suite, installed. */
export interface Suite {
  readonly folder: string;
  readonly program: string;
}

/** What the suite found: a check succeeds, fails, warns of what should be, or only says something (INFO, SKIPPED). */
export type Verdict = 'SUCCESS' | 'FAILURE' | 'WARNING' | 'INFO' | 'SKIPPED';

/** The result of a check; `why` is the suite's message where it did not succeed. */
export interface Check {
  readonly verdict: Verdict;
  readonly why: string;
}

/** What a run of the suite found. */
export interface Results {
  /** By `scenario: check`; of several of one name the worst. */
  readonly checks: ReadonlyMap<string, Check>;
  /** As the suite itself counts. */
  readonly total: { readonly passed: number; readonly failed: number };
}

/**
 * Installs the suite with npm.
 * @param folder an empty folder
 * @returns the suite, or why npm cannot bring it
 */
export async function installSuite(folder: string): Promise<Suite | { readonly missing: string }> {
  // Its client is the one that Holdfast is tested with elsewhere, not whichever is newest.
  const { devDependencies } = createRequire(import.meta.url)('../../package.json') as { devDependencies: Record<string, string> };
  const sdk = '@modelcontextprotocol/sdk';
  const wanted = [`${PACKAGE}@${VERSION}`, `${sdk}@${devDependencies[sdk] ?? ''}`];
  // It says that it needs Node 22.
  const options = [
    '--no-engine-strict',
    '--no-audit',
    '--no-fund',
    '--no-package-lock',
    '--ignore-scripts',
    '--loglevel=error',
    '--fetch-retries=1',
    '--fetch-retry-mintimeout=1000',
  ];
  try {
    await run('npm', ['install', '--prefix', folder, ...options, ...wanted], { timeout: INSTALL_BOUND_MS });
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    return { missing: `needs npm-registry: ${(stderr || String(error)).split('\n', 1)[0] ?? ''}` };
  }
  const dist = join(folder, 'node_modules', PACKAGE, 'dist');
  const program = join(dist, 'index-any-node.js');
  const text = readFileSync(join(dist, 'index.js'), 'utf8');
  const alias = YOUNG_IMPORT.exec(text)?.[1];
  // After the line that names the interpreter.
  writeFileSync(program, alias === undefined ? text : text.replace(YOUNG_IMPORT, '').replace('\n', `\nconst ${alias}=()=>[];`));
  return { folder, program };
}

/** The revisions that the suite has a list of requirements for. */
export type Revision = '2025-11-25' | '2026-07-28';

/**
 * Runs all that a revision of the protocol requires against a server, and what the suite runs unscored for it.
 * @param url of the server, with `localhost` as its host
 */
export async function runSuite(suite: Suite, url: string, revision: Revision): Promise<Results> {
  const folder = await mkdtemp(join(suite.folder, 'results-'));
  const args = ['server', '--url', url, '--requirements', revision, '--output-dir', folder, '--timeout', String(SCENARIO_BOUND_MS)];
  const { stdout, message } = await run(process.execPath, [suite.program, ...args], {
    timeout: RUN_BOUND_MS,
    maxBuffer: 64 * 1024 * 1024,
    // It ends with 1 when a check failed, which is a result like any other: what counts is that it came to its end.
  }).then(
    (said) => ({ ...said, message: '' }),
    (error: Error & { stdout?: string }) => ({ stdout: error.stdout ?? '', message: error.message }),
  );
  const total = /^Total: (\d+) passed, (\d+) failed$/m.exec(stdout);
  if (!total) throw new Error(`the suite did not come to its end: ${message}\n${stdout.slice(-2_000)}`);
  return { checks: readChecks(folder), total: { passed: Number(total[1]), failed: Number(total[2]) } };
}

/** Starts a server that prints its port, for as long as a function uses its URL. */
export async function withServer<T>(program: string, use: (url: string) => Promise<T>): Promise<T> {
  const child = spawn(process.execPath, [program], { env: { PORT: '0' }, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  try {
    for await (const port of createInterface(child.stdout)) return await use(`http://localhost:${port}/mcp`);
    throw new Error(`${program} ended without printing its port`);
  } finally {
    child.kill();
    await ended;
  }
}

const WORST_FIRST: readonly Verdict[] = ['FAILURE', 'WARNING', 'SUCCESS', 'SKIPPED', 'INFO'];

function readChecks(folder: string): Map<string, Check> {
  const found = new Map<string, Check>();
  for (const name of readdirSync(folder)) {
    const scenario = /^server-(.+)-\d{4}-\d\d-\d\dT/.exec(name)?.[1] ?? name;
    const checks = JSON.parse(readFileSync(join(folder, name, 'checks.json'), 'utf8')) as {
      id: string;
      status: Verdict;
      errorMessage?: string;
      details?: unknown;
    }[];
    for (const { id, status, errorMessage, details } of checks) {
      const key = `${scenario}: ${id}`;
      const before = found.get(key);
      if (before && WORST_FIRST.indexOf(before.verdict) <= WORST_FIRST.indexOf(status)) continue;
      found.set(key, { verdict: status, why: errorMessage ?? JSON.stringify(details) ?? '' });
    }
  }
  return found;
}
