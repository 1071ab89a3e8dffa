// `npm test`: every stage in turn, then one line with what the tests did.
//   node scripts/test.mjs [--only STAGE,…] [--no-STAGE …] [--smoke] [--tally FILE]
//     --smoke   of the end-to-end tests only test/e2e/smoke*.test.ts
//     --tally   write the counts into FILE instead of printing the closing line (for a script that adds up several runs)
//   HOLDFAST_REQUIRE=uv,docker,podman,debian  a test that was skipped because it `needs` one of these fails the run
//   CI=true                so does every skip that scripts/allowed-skips.json does not allow
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { objection, readAllowedSkips } from './skips.mjs';
import { run, stages, testFiles } from './stages.mjs';

process.chdir(join(import.meta.dirname, '..'));

const names = stages.map((stage) => stage.name);
const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    smoke: { type: 'boolean', default: false },
    tally: { type: 'string' },
    ...Object.fromEntries(names.map((name) => [`no-${name}`, { type: /** @type {const} */ ('boolean') }])),
  },
});
/** @type {ReadonlyMap<string, unknown>} */
const given = new Map(Object.entries(values));
const chosen = readChosen();
const policy = {
  required: (process.env['HOLDFAST_REQUIRE'] ?? '').split(',').filter(Boolean),
  ci: process.env['CI'] === 'true',
  allowed: readAllowedSkips(),
};

/** @type {import('./tally-reporter.mjs').Skip[]} */
const skips = [];
const total = { passed: 0, failed: 0, skipped: 0 };
/** @type {{ stage: import('./stages.mjs').Stage, seconds: number, problems: string[] }[]} */
const done = [];

for (const stage of chosen) {
  process.stdout.write(`\n── ${stage.name}\n`);
  const started = performance.now();
  const problems = stage.tests === undefined ? await runCommands(stage.commands ?? []) : await runTests(stage);
  const seconds = (performance.now() - started) / 1000;
  for (const problem of problems) process.stdout.write(`${stage.name} failed: ${problem}\n`);
  process.stdout.write(`── ${stage.name}: ${problems.length === 0 ? 'ok' : 'FAILED'}, ${seconds.toFixed(1)} s\n`);
  done.push({ stage, seconds, problems });
}

printTable();
printSkips();
const failed = done.filter((entry) => entry.problems.length > 0);
if (failed.length > 0) process.stdout.write(`\nFailed: ${failed.map((entry) => entry.stage.name).join(', ')}\n`);
process.exitCode = failed.length > 0 ? 1 : 0;
if (values.tally === undefined) process.stdout.write(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
else writeFileSync(values.tally, `${total.passed} ${total.failed} ${total.skipped}\n`);

/** Stages that the options ask for; a name that no stage has ends the program. */
function readChosen() {
  const only = values.only?.split(',');
  const unknown = only?.filter((name) => !names.includes(name)) ?? [];
  if (unknown.length > 0) {
    process.stderr.write(`--only: no stage is called ${unknown.join(', ')}. There are: ${names.join(', ')}\n`);
    process.exit(2);
  }
  return stages.filter((stage) => (only === undefined || only.includes(stage.name)) && given.get(`no-${stage.name}`) !== true);
}

/**
 * @param {readonly string[][]} commands
 * @returns {Promise<string[]>} what went wrong
 */
async function runCommands(commands) {
  const problems = [];
  for (const command of commands) {
    const code = await run(command);
    if (code !== 0) problems.push(`\`${command.join(' ')}\` ended with ${code}`);
  }
  return problems;
}

/**
 * Runs one vitest project and adds what it did to the totals.
 * @param {import('./stages.mjs').Stage} stage
 * @returns {Promise<string[]>} what went wrong
 */
async function runTests(stage) {
  const { name, project = name, tests: folders = [], mayBeEmpty = false, named } = stage;
  const where = folders.join(' and ');
  const smoke = name === 'e2e' && values.smoke;
  const files = testFiles(stage).filter((file) => !smoke || folders.some((folder) => file.startsWith(`${folder}/smoke`)));
  if (files.length === 0 && mayBeEmpty) {
    process.stdout.write(`There is no test in ${where}.\n`);
    return [];
  }
  if (files.length === 0) return [`no test file is in ${where}${smoke ? ' for --smoke' : ''}`];
  const filter = [...(smoke || stage.holding !== undefined ? files : []), ...(named === undefined ? [] : [`--testNamePattern=${named}`])];

  const report = join('.reports', `${name}.json`);
  rmSync(report, { force: true });
  const reporters = ['--reporter=default', '--reporter=./scripts/tally-reporter.mjs'];
  const plain = process.stdout.isTTY ? [] : ['--no-color'];
  const code = await run(['vitest', 'run', '--project', project, '--allowOnly=false', ...plain, ...reporters, ...filter], {
    HOLDFAST_TALLY: report,
    ...(named === undefined ? {} : { HOLDFAST_TALLY_NAMED: named }),
    ...Object.fromEntries(Object.entries(stage.env ?? {}).filter(([variable]) => process.env[variable] === undefined)),
  });
  if (!existsSync(report)) return [`vitest ended with ${code} and left no report`];
  const tally = /** @type {import('./tally-reporter.mjs').Tally} */ (JSON.parse(readFileSync(report, 'utf8')));
  total.passed += tally.passed;
  total.failed += tally.failed;
  total.skipped += tally.skipped;
  skips.push(...tally.skips);

  const problems = [];
  if (tally.failed > 0) problems.push(`${tally.failed} failed`);
  else if (code !== 0) problems.push(`vitest ended with ${code} although no test failed`);
  // All of them may be skipped, each with its reason: on a machine without a container engine, say.
  if (tally.passed + tally.failed + tally.skipped === 0) problems.push(`no test ran, of ${files.length} files`);
  if (tally.files !== files.length) problems.push(`${files.length} test files are in ${where}, vitest loaded ${tally.files}`);
  for (const skip of tally.skips) {
    const why = objection(skip, policy);
    if (why !== undefined) problems.push(`"${skip.test}" did not run, and ${why}`);
  }
  return problems;
}

function printTable() {
  process.stdout.write('\nStage          budget     took\n');
  for (const { stage, seconds, problems } of done) {
    const late = seconds > stage.budget ? '  over its budget' : '';
    const line = `${stage.name.padEnd(12)} ${`${stage.budget} s`.padStart(8)} ${`${seconds.toFixed(1)} s`.padStart(8)}`;
    process.stdout.write(`${line}${late}${problems.length > 0 ? '  FAILED' : ''}\n`);
  }
}

function printSkips() {
  if (skips.length === 0) return;
  process.stdout.write(`\nSkipped:\n`);
  for (const skip of skips) process.stdout.write(`  ${skip.test}\n    ${skip.reason ?? 'no reason given'}\n`);
}
