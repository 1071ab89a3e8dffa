// The stages of `npm test`: what each runs and how long it may take on two cores.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} Stage
 * @property {string} name
 * @property {number} budget seconds; taking longer is a warning
 * @property {string[][]} [commands] programs to run one after another
 * @property {string[]} [tests] folders of a vitest project with the stage's name
 * @property {string[]} [without] folders below these that belong to another stage
 * @property {string} [project] the vitest project, where it has another name than the stage
 * @property {string} [holding] only files with this text in them
 * @property {string} [named] only tests of which the full name matches this
 * @property {Record<string, string>} [env] given to the tests, unless it is set from outside
 * @property {boolean} [mayBeEmpty] there may be no test of it
 */

/** Folders whose tests use real container engines all the time. */
const containers = [
  'test/integration/engine',
  'test/integration/engine-support',
  'test/integration/container-runtime',
  'test/e2e/containers',
];

/** @type {readonly Stage[]} */
export const stages = [
  { name: 'build', budget: 15, commands: [['node', 'scripts/build.mjs']] },
  { name: 'typecheck', budget: 20, commands: [['tsc', '--noEmit']] },
  {
    name: 'lint',
    budget: 20,
    commands: [
      ['biome', 'check', '--error-on-warnings'],
      ['oxlint', '--type-aware', '--deny-warnings'],
    ],
  },
  { name: 'knip', budget: 15, commands: [['knip']] },
  { name: 'house', budget: 20, tests: ['test/house'] },
  { name: 'unit', budget: 40, tests: ['src', 'bench'] },
  { name: 'simulation', budget: 60, tests: ['simulation'] },
  { name: 'integration', budget: 90, tests: ['test/integration'], without: containers },
  // One suite for all runtimes: everything on processes here, and what concerns containers again on both engines after it.
  { name: 'e2e', budget: 320, tests: ['test/e2e'], without: containers, env: { HOLDFAST_RUNTIMES: 'process' } },
  {
    name: 'engines',
    budget: 420,
    project: 'e2e',
    tests: ['test/e2e'],
    without: containers,
    holding: 'describeRuntimes(',
    named: String.raw`\((docker|podman)\)`,
    env: { HOLDFAST_RUNTIMES: 'docker,podman' },
  },
  { name: 'containers', budget: 520, tests: containers },
  { name: 'clients', budget: 90, tests: ['test/clients'] },
  { name: 'chaos', budget: 180, tests: ['test/chaos'], mayBeEmpty: true },
];

/**
 * Test files of a stage.
 * @param {Stage} stage
 * @returns {string[]} paths that begin with one of its folders
 */
export function testFiles({ tests = [], without = [], holding = '' }) {
  return tests
    .flatMap(filesBelow)
    .filter((file) => without.every((folder) => !file.startsWith(`${folder}/`)))
    .filter((file) => holding === '' || readFileSync(file, 'utf8').includes(holding));
}

/** @param {string} folder */
function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(folder, name));
}

/**
 * Runs a program with this process's output, packages' programs included.
 * @param {readonly string[]} command program and arguments
 * @param {Record<string, string>} [env] added to the environment
 * @returns {Promise<number>} its exit code; 1 when a signal ended it
 */
export function run(command, env = {}) {
  const [program = '', ...args] = command;
  const path = `${join(process.cwd(), 'node_modules', '.bin')}:${process.env['PATH'] ?? ''}`;
  return new Promise((resolve, reject) => {
    const child = spawn(program === 'node' ? process.execPath : program, args, {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, PATH: path, ...env },
    });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
