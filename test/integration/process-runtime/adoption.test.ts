import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Backend } from '../../../src/core/ports/runtime.ts';
import type { WorkloadSpec } from '../../../src/core/workload/spec.ts';
import { type DoomedOwner, makeOwnerProgram, type OwnerProgram } from './doomed-owner.ts';
import { httpProbe, lives, makeKit, pidOf, probe, type RuntimeKit, specOf, until } from './runtime-kit.ts';

let program: OwnerProgram;
let kit: RuntimeKit;
beforeAll(async () => {
  program = await makeOwnerProgram();
});
afterAll(() => program.remove());
beforeEach(async () => {
  kit = await makeKit();
});
const owners: DoomedOwner[] = [];
const specs: WorkloadSpec[] = [];
afterEach(async () => {
  for (const owner of owners.splice(0)) await owner.kill();
  for (const spec of specs.splice(0)) await kit.runtime.sweep(spec, null);
  await kit.close();
});

async function startAndKillOwner(spec: WorkloadSpec, generation = 3): Promise<DoomedOwner> {
  const owner = await program.start({ instance: kit.instance, stateDir: kit.stateDir, spec, generation });
  owners.push(owner);
  specs.push(spec);
  if (owner.url !== null) await until('it listens', async () => (await fetch(owner.url ?? '').catch(() => null)) !== null);
  await owner.kill();
  return owner;
}

const httpSpec = (...args: string[]): WorkloadSpec => specOf({ args: [httpProbe, ...args] }, { transport: 'streamable-http' });

async function adopted(spec: WorkloadSpec, owner: DoomedOwner, generation = 3): Promise<Backend> {
  const backend = await kit.runtime.adopt(spec, owner.incarnation, generation);
  if (backend === null) throw new Error('was not adopted');
  return backend;
}

describe('an HTTP server whose Holdfast was killed (S22)', () => {
  it('runs on and is adopted: same process, same URL', async () => {
    const spec = httpSpec();
    const owner = await startAndKillOwner(spec);
    const backend = await adopted(spec, owner);
    expect(backend.incarnation).toEqual(owner.incarnation);
    expect(backend.endpoint).toEqual({ kind: 'http', url: owner.url });
    const answer = (await (await fetch(owner.url ?? '')).json()) as { pid: number };
    expect(answer.pid).toBe(pidOf(backend));
    expect(await kit.runtime.sweep(spec, new Set([3]))).toBe(0);
    expect(await backend.lastLines(5)).toEqual(['listening']);
  });

  it('has its exit code seen by whoever adopted it', async () => {
    const spec = httpSpec();
    const owner = await startAndKillOwner(spec);
    const backend = await adopted(spec, owner);
    await fetch(new URL('/exit?7', owner.url ?? '')).catch(() => {});
    expect(await backend.exited).toEqual({ cause: 'exited', exitCode: 7, signal: null, oom: false });
  });

  it('has its signal seen by whoever adopted it', async () => {
    const spec = httpSpec();
    const owner = await startAndKillOwner(spec);
    const backend = await adopted(spec, owner);
    process.kill(pidOf(backend), 'SIGKILL');
    expect(await backend.exited).toEqual({ cause: 'signalled', exitCode: null, signal: 'SIGKILL', oom: false });
  });

  it('has the signal of its stop seen, although that went to its whole group', async () => {
    const spec = httpSpec();
    const owner = await startAndKillOwner(spec);
    const backend = await adopted(spec, owner);
    await backend.stop(10_000);
    expect(await backend.exited).toMatchObject({ cause: 'signalled', signal: 'SIGTERM' });
  });

  it('is stopped by whoever adopted it, with what escaped it', async () => {
    const file = join(kit.stateDir, 'child');
    const spec = httpSpec(`child=${file}`, 'ignore=SIGTERM');
    const owner = await startAndKillOwner(spec);
    const escaped = Number(await readFile(file, 'utf8'));
    const backend = await adopted(spec, owner);
    await backend.stop(200);
    expect([lives(pidOf(backend)), lives(escaped)]).toEqual([false, false]);
  });

  it('is not adopted when it died meanwhile, and how it ended is on record', async () => {
    const spec = httpSpec();
    const owner = await startAndKillOwner(spec);
    await fetch(new URL('/exit?5', owner.url ?? '')).catch(() => {});
    await until('its record', () => kit.runtime.recordedExit(spec.name, 3));
    expect(await kit.runtime.adopt(spec, owner.incarnation, 3)).toBeNull();
    expect(await kit.runtime.recordedExit(spec.name, 3)).toMatchObject({ cause: 'exited', exitCode: 5 });
    await kit.runtime.sweep(spec, null);
    expect(await kit.runtime.recordedExit(spec.name, 3)).toBeNull();
  });

  it('is not taken for another incarnation, generation, boot or instance', async () => {
    const spec = httpSpec();
    const owner = await startAndKillOwner(spec);
    const { incarnation } = owner;
    if (incarnation.runtime !== 'process') throw new TypeError('not a process');
    expect(await kit.runtime.adopt(spec, { ...incarnation, startTime: '1' }, 3)).toBeNull();
    expect(await kit.runtime.adopt(spec, { ...incarnation, bootId: randomUUID() }, 3)).toBeNull();
    expect(await kit.runtime.adopt(spec, { ...incarnation, pid: process.pid }, 3)).toBeNull();
    expect(await kit.runtime.adopt(spec, incarnation, 4)).toBeNull();
    const other = await makeKit({ stateDir: kit.stateDir });
    expect(await other.runtime.adopt(spec, incarnation, 3)).toBeNull();
    expect(await other.runtime.sweep(spec, null)).toBe(0);
    expect(lives(incarnation.pid)).toBe(true);
  });
});

describe('a stdio server whose Holdfast was killed', () => {
  it('is not adopted, and swept when it does not go by itself', async () => {
    const spec = specOf({ args: [probe, 'stay-after-input'] });
    const owner = await startAndKillOwner(spec);
    if (owner.incarnation.runtime !== 'process') throw new TypeError('not a process');
    expect(await kit.runtime.adopt(spec, owner.incarnation, 3)).toBeNull();
    expect(await kit.runtime.sweep(spec, null)).toBe(1);
    expect(lives(owner.incarnation.pid)).toBe(false);
  });
});
