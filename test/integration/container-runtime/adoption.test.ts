import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Backend } from '../../../src/core/ports/runtime.ts';
import type { WorkloadSpec } from '../../../src/core/workload/spec.ts';
import { engineCall } from '../../support/engine/api.ts';
import { ENGINE_KINDS, engineFor, engineOrSkip } from '../../support/engine/engines.ts';
import { type ContainerKit, collect, containersOf, idOf, makeKit, networksOf, outside, until, urlOf } from './container-kit.ts';

describe.each(ENGINE_KINDS)('after the death of Holdfast, a container of %s', (kind) => {
  let kit: ContainerKit;
  beforeEach(async (ctx) => {
    engineOrSkip(ctx, kind);
    kit = await makeKit(await engineFor(kind));
  });
  afterEach(() => kit?.close());

  const http = (args: readonly string[] = []): WorkloadSpec => kit.spec(['http-probe', ...args], { transport: 'streamable-http' });
  const pid = async (backend: Backend): Promise<number | null> => {
    const answer = await fetch(urlOf(backend), { signal: AbortSignal.timeout(1_000) }).catch(() => null);
    return answer && ((await answer.json()) as { pid: number }).pid;
  };

  it('that serves HTTP is taken over as it runs (S22)', async () => {
    const spec = http();
    const first = await kit.start(spec, 3);
    const before = await until('an answer', () => pid(first));
    kit.runtime.close();
    const later = kit.again();
    const adopted = await later.adopt(spec, first.incarnation, 3);
    expect(adopted).toMatchObject({ generation: 3, incarnation: first.incarnation, endpoint: first.endpoint });
    expect(await pid(first)).toBe(before);
    await outside(kit.engine, idOf(first), 'kill');
    expect(await adopted?.exited).toMatchObject({ signal: 'SIGKILL' });
  });

  it('that speaks stdio is attached again on Docker, and its half line is ended; on Podman it is started again (S18, S22)', async () => {
    const spec = kit.spec(['probe', 'err=up', 'echo']);
    const first = await kit.start(spec, 3);
    const seen = collect(first);
    seen.write('{"half":');
    await until('the echo', () => seen.text === '{"half":');
    kit.runtime.close();
    const later = kit.again();
    const adopted = await later.adopt(spec, first.incarnation, 3);
    if (kind === 'podman') {
      expect(later.capabilities.stdioReattach).toBe(false);
      expect(adopted).toBeNull();
      expect(await later.recordedExit?.(spec.name, 3)).not.toBeNull();
      const second = await later.start({ spec, generation: 4, unit: null, signal: new AbortController().signal });
      expect(idOf(second)).toBe(idOf(first));
      expect(second.incarnation).not.toEqual(first.incarnation);
      const answers = collect(second);
      answers.write('{"a":1}\n');
      await until('the echo', () => answers.text === '{"a":1}\n');
      return;
    }
    expect(later.capabilities.stdioReattach).toBe(true);
    expect(adopted?.incarnation).toEqual(first.incarnation);
    if (!adopted) return;
    const answers = collect(adopted);
    answers.write('{"a":1}\n');
    await until('the echo', () => answers.text === '\n{"a":1}\n');
    expect(await adopted.lastLines(5)).toEqual(['up']);
    await outside(kit.engine, idOf(first), 'kill');
    expect(await adopted.exited).toMatchObject({ signal: 'SIGKILL' });
    expect(answers.ended).toBe(true);
  });

  it('that has ended meanwhile is not taken over, and how it ended is told', async () => {
    const spec = http();
    const first = await kit.start(spec, 3);
    await until('an answer', () => pid(first));
    kit.runtime.close();
    await outside(kit.engine, idOf(first), 'kill');
    const later = kit.again();
    expect(await later.adopt(spec, first.incarnation, 3)).toBeNull();
    expect(await later.recordedExit?.(spec.name, 3)).toMatchObject({ cause: 'signalled', signal: 'SIGKILL' });
    expect(await later.recordedExit?.(spec.name, 3)).toBeNull();
  });

  it('that was started again meanwhile is not that incarnation; a start takes it over (S12)', async () => {
    const spec = http();
    const first = await kit.start(spec, 3);
    await until('an answer', () => pid(first));
    kit.runtime.close();
    await outside(kit.engine, idOf(first), 'restart?t=0');
    const later = kit.again();
    expect(await later.adopt(spec, first.incarnation, 3)).toBeNull();
    const second = await later.start({ spec, generation: 4, unit: null, signal: new AbortController().signal });
    expect(second.startedByOther).toBe(true);
    await until('an answer', () => pid(second));
    expect(await containersOf(kit.engine, kit.instance)).toHaveLength(1);
  });

  it('that was removed meanwhile is a removal', async () => {
    const spec = http();
    const first = await kit.start(spec, 3);
    kit.runtime.close();
    await outside(kit.engine, idOf(first), 'rm');
    await expect(kit.again().adopt(spec, first.incarnation, 3)).rejects.toMatchObject({ code: 'HF_REMOVED_OUTSIDE' });
  });

  it('is left alone by an engine that only has its address (S42)', async () => {
    const spec = http();
    const first = await kit.start(spec, 3);
    const container = spec.container as NonNullable<WorkloadSpec['container']>;
    const other = { ...spec, container: { ...container, engine: { ...container.engine, id: 'ANOTHER' } } };
    if (kind === 'podman') return; // Podman has no name that it keeps.
    await expect(kit.runtime.adopt(other, first.incarnation, 3)).rejects.toMatchObject({ code: 'HF_RUNTIME_UNAVAILABLE' });
    await expect(kit.runtime.forget(other)).rejects.toMatchObject({ code: 'HF_RUNTIME_UNAVAILABLE' });
    expect(await containersOf(kit.engine, kit.instance)).toHaveLength(1);
  });

  it('that was started and not written down is taken over by the next start, not doubled (S21)', async () => {
    const spec = http();
    const first = await kit.start(spec, 3);
    kit.runtime.close();
    const later = kit.again();
    expect(await later.sweep(spec, new Set([4]))).toBe(0);
    const second = await later.start({ spec, generation: 4, unit: null, signal: new AbortController().signal });
    expect(second.incarnation).toEqual(first.incarnation);
    expect(await containersOf(kit.engine, kit.instance)).toHaveLength(1);
  });

  it('at rest is watched by the next Holdfast, too: that somebody else starts or removes it is news', async () => {
    const spec = http();
    const first = await kit.start(spec, 1);
    await first.stop(0);
    kit.runtime.close();
    const later = kit.again();
    const news: string[] = [];
    later.watch?.(spec, { appeared: () => news.push('appeared'), removed: () => news.push('removed'), lost() {}, back() {} });
    await later.sweep(spec, null);
    await outside(kit.engine, idOf(first), 'start');
    await until('its start', () => news.includes('appeared'));
    const second = await later.start({ spec, generation: 2, unit: null, signal: new AbortController().signal });
    expect(second).toMatchObject({ startedByOther: true, incarnation: { containerId: idOf(first) } });
    await second.stop(0);
    await outside(kit.engine, idOf(first), 'rm');
    await until('its removal', () => news.includes('removed'));
  });

  it('of a session that is over is removed, of an unknown workload as well', async () => {
    const spec = kit.spec(['probe', 'echo'], { sessions: 'isolated' });
    await kit.start(spec, 1, '11111111-aaaa');
    await kit.start(spec, 2, '22222222-bbbb');
    expect(await containersOf(kit.engine, kit.instance)).toHaveLength(2);
    kit.runtime.close();
    const later = kit.again();
    expect(await later.sweep(spec, new Set([3]))).toBe(2);
    expect(await containersOf(kit.engine, kit.instance)).toEqual([]);
  });

  it('that nobody knows is removed once, and others are never touched', async () => {
    const strange = await makeKit(kit.engine, { isWorkload: () => false });
    try {
      const known = await kit.start(kit.spec(['probe', 'echo']));
      const backend = await strange.start(strange.spec(['probe', 'echo']));
      strange.runtime.close();
      strange.again().watch?.(strange.spec([]), { appeared() {}, removed() {}, lost() {}, back() {} });
      await until('the removal', async () => (await containersOf(kit.engine, strange.instance)).length === 0);
      await until('that of its network', async () => (await networksOf(kit.engine, strange.instance)).length === 0);
      expect((await engineCall(kit.engine, { path: `/containers/${idOf(backend)}/json` })).status).toBe(404);
      expect((await engineCall(kit.engine, { path: `/containers/${idOf(known)}/json` })).status).toBe(200);
    } finally {
      await strange.close();
    }
  });
});
