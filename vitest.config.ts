import { defineConfig } from 'vitest/config';

/** Property tests on a busy machine; a bound against hanging, not a measurement. */
const pure = { testTimeout: 30_000 };

/** Starts a container engine when a test first asks for one. */
const engines = { globalSetup: ['test/support/engine/keeper.ts'] };

/** Slow suites start real processes; two at a time keep a two-core machine from starving what they measure. */
const slow = { testTimeout: 60_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    // A test that only passes the second time is a failing test.
    retry: 0,
    // An empty selection is an error that scripts/test.mjs reports by name.
    passWithNoTests: false,
    projects: [
      { test: { name: 'unit', include: ['src/**/*.test.ts', 'bench/**/*.test.ts'], environment: 'node', ...pure } },
      { test: { name: 'simulation', include: ['simulation/**/*.test.ts'], environment: 'node', ...slow } },
      { test: { name: 'integration', include: ['test/integration/**/*.test.ts'], environment: 'node', ...slow, ...engines } },
      { test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], environment: 'node', maxWorkers: 2, ...slow, ...engines } },
      { test: { name: 'house', include: ['test/house/**/*.test.ts'], environment: 'node', ...pure } },
    ],
  },
});
