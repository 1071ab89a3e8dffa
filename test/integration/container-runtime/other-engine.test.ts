import { mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Condition } from '../../../src/core/ports/runtime.ts';
import { ENGINE_KINDS, type EngineAddress, engineFor, engineOrSkip, startEngine } from '../../support/engine/engines.ts';
import { type FaultProxy, startFaultProxy } from '../../support/engine/fault-proxy.ts';
import { containersOf, idOf, makeKit, outside, until, urlOf } from './container-kit.ts';

/** A socket behind which one engine is at a time. */
async function switchable(engine: EngineAddress): Promise<{ readonly socket: string; to(other: EngineAddress): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-switch-'));
  const socket = join(folder, 'engine.sock');
  let proxy: FaultProxy | null = null;
  const to = async (other: EngineAddress): Promise<void> => {
    const next = await startFaultProxy(other);
    symlinkSync(next.socket, join(folder, 'next.sock'));
    renameSync(join(folder, 'next.sock'), socket);
    await proxy?.end();
    proxy = next;
  };
  await to(engine);
  onTestFinished(async () => {
    await proxy?.end();
    rmSync(folder, { recursive: true, force: true });
  });
  return { socket, to };
}

describe.each(ENGINE_KINDS)('another engine at the address: %s', (kind) => {
  it('S42 nothing is concluded of an HTTP server that runs, and nothing is done to it', { timeout: 90_000 }, async (ctx) => {
    engineOrSkip(ctx, kind);
    const engine = await engineFor(kind);
    const other = await startEngine(kind);
    onTestFinished(() => other.end());
    const { socket, to } = await switchable(engine);
    const kit = await makeKit(engine, { socket });
    onTestFinished(() => kit.close());
    const spec = kit.spec(['http-probe'], { transport: 'streamable-http' });
    const backend = await kit.start(spec);
    const seen: Condition[] = [];
    backend.observe?.((condition) => seen.push(condition));
    const answers = async (): Promise<number> => {
      const { statusCode, body } = await request(urlOf(backend), { method: 'POST' });
      await body.dump();
      return statusCode;
    };
    await until('it answers', () => answers().catch(() => null));

    await to(other);
    const whyOf = (condition: Condition | undefined): string => (condition?.kind === 'unreachable' ? condition.why : '');
    await until('the other is known', () => whyOf(seen.at(-1)).includes('another engine answers'));
    // Whoever cannot reach it doubts that it lives.
    backend.doubt?.();
    await expect(backend.stop(100)).rejects.toMatchObject({ code: 'HF_RUNTIME_UNAVAILABLE', message: expect.stringContaining('another') });
    expect(await Promise.race([backend.exited, new Promise((resolve) => setTimeout(resolve, 500, 'lives'))])).toBe('lives');
    expect(await answers()).toBeLessThan(500);

    await to(engine);
    await until('its own is back', () => seen.at(-1)?.kind === 'fine');
    expect(await containersOf(engine, kit.instance)).toMatchObject([{ State: 'running' }]);
    await outside(engine, idOf(backend), 'kill');
    expect(await backend.exited).toMatchObject({ signal: 'SIGKILL' });
  });
});
