import { afterAll, afterEach, beforeEach } from 'vitest';
import type { Workload } from '../../../../src/api/contract/workload.ts';
import { type EngineAddress, type EngineKind, engineOrSkip, type PrivateEngine, startEngine } from '../../../support/engine/engines.ts';
import { createHome, type Home } from '../../../support/home.ts';
import { findsEngine, leftAtEngine } from './contained-server.ts';

const REMOVED_AT_ONCE = 4;

export interface OwnEngine {
  /** Throws before the first test has begun. */
  readonly engine: PrivateEngine;
  readonly home: Home;
}

/** An engine that only the tests of one block know, and a home that finds it: both are made before the first test and end after the last. */
export function ownEngine(kind: EngineKind, env: Readonly<Record<string, string>> = {}): OwnEngine {
  let engine: PrivateEngine | undefined;
  let home: Home | undefined;
  beforeEach(async (ctx) => {
    engineOrSkip(ctx, kind);
    engine ??= await startEngine(kind);
    home ??= await createHome({ ...findsEngine(engine), ...env });
  });
  // A test that failed in the middle of an outage leaves the engine to the next as it found it.
  afterEach(async () => {
    engine?.resume();
    if (engine?.pid === null) await engine.start();
  });
  afterAll(async () => {
    try {
      if (engine && home) await endHome(engine, home);
    } finally {
      await engine?.end();
    }
  });
  return {
    get engine() {
      return made(engine);
    },
    get home() {
      return made(home);
    },
  };
}

function made<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('it is made before the first test');
  return value;
}

/** Removes all workloads; fails where the engine, the machine or the daemon's log shows something of them afterwards. */
export async function endHome(engine: EngineAddress, home: Home): Promise<void> {
  try {
    const workloads = JSON.parse(await home.ok('ls', '-a', '--format', 'json')) as Workload[];
    // A few at a time: Podman is slow to end many.
    for (let from = 0; from < workloads.length; from += REMOVED_AT_ONCE) {
      await home.ok('rm', ...workloads.slice(from, from + REMOVED_AT_ONCE).map(({ name }) => name));
    }
    const left = await leftAtEngine(engine, home);
    if (left.length > 0) throw new Error(`the engine still has ${left.join(', ')}`);
  } finally {
    await home.end();
  }
}
