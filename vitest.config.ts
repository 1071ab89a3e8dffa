import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const cores = availableParallelism();

/** Property tests on a busy machine; a bound against hanging, not a measurement. Pure logic shares a process: nothing in it outlives a test. */
const pure = { testTimeout: 30_000, isolate: false, maxWorkers: cores };

/** Starts a container engine when a test first asks for one. */
const engines = { globalSetup: ['test/support/build-first.ts', 'test/support/engine/keeper.ts'] };

/**
 * Slow suites start real processes and wait for them: with one worker a core, a third of each core was idle, and with one more than that a tenth.
 * What they test runs in processes of its own, so a worker loads what it tests with only once.
 */
const slow = { testTimeout: 60_000, hookTimeout: 60_000, isolate: false, maxWorkers: cores + 2 };

/** Tests that use real container engines all the time: kept in step with scripts/stages.mjs. */
const containers = [
  ...['engine', 'engine-support', 'container-runtime'].map((folder) => `test/integration/${folder}/**/*.test.ts`),
  'test/e2e/containers/**/*.test.ts',
];

export default defineConfig({
  test: {
    // A test that only passes the second time is a failing test.
    retry: 0,
    // An empty selection is an error that scripts/test.mjs reports by name.
    passWithNoTests: false,
    projects: [
      { test: { name: 'unit', include: ['src/**/*.test.ts', 'bench/**/*.test.ts'], environment: 'node', ...pure } },
      { test: { name: 'simulation', include: ['simulation/**/*.test.ts'], environment: 'node', ...slow, maxWorkers: cores } },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          exclude: containers,
          environment: 'node',
          ...slow,
          ...engines,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: containers,
          environment: 'node',
          ...slow,
          ...engines,
        },
      },
      // What is measured here is whole machines: engines that start, die and are cut off. Each worker has engines of its own.
      { test: { name: 'containers', include: containers, environment: 'node', ...slow, ...engines } },
      // One file after another: chaos takes all that there is.
      { test: { name: 'chaos', include: ['test/chaos/**/*.test.ts'], environment: 'node', ...slow, ...engines, maxWorkers: 1 } },
      // AI clients from npm, which the suite installs by itself.
      { test: { name: 'clients', include: ['test/clients/**/*.test.ts'], environment: 'node', ...slow, maxWorkers: 1 } },
      { test: { name: 'house', include: ['test/house/**/*.test.ts'], environment: 'node', ...pure } },
    ],
  },
});
