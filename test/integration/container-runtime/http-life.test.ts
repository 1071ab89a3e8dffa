import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Backend } from '../../../src/core/ports/runtime.ts';
import type { WorkloadSpec } from '../../../src/core/workload/spec.ts';
import { ENGINE_KINDS, engineFor, engineOrSkip } from '../../support/engine/engines.ts';
import { type ContainerKit, containersOf, idOf, makeKit, networksOf, outside, until, urlOf } from './container-kit.ts';

interface Answer {
  readonly pid: number;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

async function ask(backend: Backend): Promise<Answer | null> {
  const answer = await fetch(urlOf(backend), { signal: AbortSignal.timeout(1_000) }).catch(() => null);
  return answer && ((await answer.json()) as Answer);
}

describe.each(ENGINE_KINDS)('an HTTP server in a container of %s', (kind) => {
  let kit: ContainerKit;
  beforeEach(async (ctx) => {
    engineOrSkip(ctx, kind);
    kit = await makeKit(await engineFor(kind));
  });
  afterEach(() => kit?.close());

  const http = (args: readonly string[] = [], more: Partial<WorkloadSpec> = {}): WorkloadSpec =>
    kit.spec(['http-probe', ...args], { transport: 'streamable-http', ...more });

  it('is reached on a port of the loopback address, which is told it by its environment and arguments', async () => {
    const spec = http(['at={port}'], { launch: { ...kit.spec([]).launch, env: { GIVEN: 'on {port}', MCP_PORT: '1' } } });
    const backend = await kit.start(spec);
    expect(urlOf(backend)).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/mcp$/);
    const { argv, env } = await until('an answer', () => ask(backend));
    expect(argv).toEqual(['at=8080']);
    expect(env).toMatchObject({
      MCP_TRANSPORT: 'streamable-http',
      MCP_PORT: '8080',
      MCP_HOST: '0.0.0.0',
      FASTMCP_PORT: '8080',
      GIVEN: 'on 8080',
    });
  });

  it('is reached again after a restart, wherever it is then (S28)', async () => {
    const spec = http();
    const first = await kit.start(spec);
    await until('an answer', () => ask(first));
    await outside(kit.engine, idOf(first), 'kill');
    expect(await first.exited).toMatchObject({ cause: 'signalled', signal: 'SIGKILL' });
    const second = await kit.start(spec);
    expect(idOf(second)).toBe(idOf(first));
    await until('an answer', () => ask(second));
  });

  it('says what it wrote last when it ends', async () => {
    const backend = await kit.start(http(['err=my s3cret', 'exit=4']));
    expect(await backend.exited).toMatchObject({ cause: 'exited', exitCode: 4 });
    expect(await backend.lastLines(5, true)).toEqual(['my ***']);
  });

  it('leaves nothing behind when it is forgotten', async () => {
    const spec = http();
    const backend = await kit.start(spec);
    expect(await networksOf(kit.engine, kit.instance)).toHaveLength(1);
    await backend.stop(2_000);
    expect(await containersOf(kit.engine, kit.instance)).toHaveLength(1);
    await kit.runtime.sweep(spec, null);
    await kit.runtime.forget(spec);
    expect(await containersOf(kit.engine, kit.instance)).toEqual([]);
    expect(await networksOf(kit.engine, kit.instance)).toEqual([]);
  });

  it('is taken over as it runs where somebody else started it (S04, S12)', async () => {
    const spec = http();
    const first = await kit.start(spec);
    await until('an answer', () => ask(first));
    const restarting = outside(kit.engine, idOf(first), 'restart?t=0');
    await first.exited;
    const second = await kit.start(spec);
    await restarting;
    expect(idOf(second)).toBe(idOf(first));
    await until('an answer', () => ask(second));
    let over = false;
    void second.exited.then(() => (over = true));
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(over).toBe(false);
  });

  it('is paused and resumed by somebody else, and says so', async () => {
    const backend = await kit.start(http());
    const seen: string[] = [];
    backend.observe?.((condition) => seen.push(condition.kind));
    await until('an answer', () => ask(backend));
    await outside(kit.engine, idOf(backend), 'pause');
    await until('the pause', () => seen.includes('paused'));
    await outside(kit.engine, idOf(backend), 'unpause');
    await until('its end', () => seen.at(-1) === 'fine');
    await outside(kit.engine, idOf(backend), 'pause');
    await until('the pause', () => seen.at(-1) === 'paused');
    await backend.stop(2_000);
    expect(await backend.exited).toMatchObject({ oom: false });
  });
});
