import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Backend } from '../../../src/core/ports/runtime.ts';
import { engineJson } from '../../support/engine/api.ts';
import { ENGINE_KINDS, engineFor, engineOrSkip } from '../../support/engine/engines.ts';
import { type ContainerKit, collect, containersOf, idOf, makeKit, outside, until, urlOf } from './container-kit.ts';

/** While a container is being stopped, Podman says that it does not run and has ended with 0. */
describe.each(ENGINE_KINDS)('a container of %s that somebody else stops and that takes its time', (kind) => {
  let kit: ContainerKit;
  beforeEach(async (ctx) => {
    engineOrSkip(ctx, kind);
    kit = await makeKit(await engineFor(kind));
  });
  afterEach(() => kit?.close());

  /** Resolves when the stop is under way. `done`: when the engine has answered it. */
  const stopSlowly = async (backend: Backend, seconds: number): Promise<{ readonly done: Promise<void>; readonly answered: boolean }> => {
    const stop = { answered: false, done: Promise.resolve() };
    stop.done = outside(kit.engine, idOf(backend), `stop?t=${seconds}`).finally(() => {
      stop.answered = true;
    });
    if (kind === 'podman') {
      await until('the stop', async () => {
        const path = `/containers/${idOf(backend)}/json`;
        return (await engineJson<{ State: { Status: string } }>(kit.engine, { path })).State.Status === 'stopping';
      });
    }
    return stop;
  };
  const stubborn = ['probe', 'stay-after-input', 'ignore=SIGTERM', 'err=up', 'echo'];

  it('runs until it has ended, and its end is told with its signal', async () => {
    const backend = await kit.start(kit.spec(stubborn));
    const seen = collect(backend);
    await until('its start', async () => (await backend.lastLines(1)).includes('up'));
    let ended = false;
    void backend.exited.then(() => {
      ended = true;
    });
    const stop = await stopSlowly(backend, 3);
    backend.doubt?.();
    seen.write('still here\n');
    await until('the echo', () => seen.text === 'still here\n');
    backend.doubt?.();
    seen.write('and here\n');
    await until('the echo', () => seen.text === 'still here\nand here\n');
    expect({ ended, answered: stop.answered }).toEqual({ ended: false, answered: false });
    expect(await backend.exited).toMatchObject({ cause: 'signalled', signal: 'SIGKILL' });
    await stop.done;
  });

  it('is taken over by the next Holdfast where it serves HTTP, and its end is told', async () => {
    const spec = kit.spec(['http-probe', 'ignore=SIGTERM'], { transport: 'streamable-http' });
    const first = await kit.start(spec, 3);
    const answers = async (): Promise<boolean> =>
      (await fetch(urlOf(first), { signal: AbortSignal.timeout(1_000) }).catch(() => null))?.ok === true;
    await until('an answer', answers);
    const { done } = await stopSlowly(first, 3);
    kit.runtime.close();
    const adopted = await kit.again().adopt(spec, first.incarnation, 3);
    expect(adopted).toMatchObject({ incarnation: first.incarnation, endpoint: first.endpoint });
    expect(await answers()).toBe(true);
    expect(await adopted?.exited).toMatchObject({ cause: 'signalled', signal: 'SIGKILL' });
    await done;
  });

  it('is started again only when it has ended', async () => {
    const spec = kit.spec(stubborn);
    const first = await kit.start(spec);
    await until('its start', async () => (await first.lastLines(1)).includes('up'));
    kit.runtime.close();
    const { done } = await stopSlowly(first, 2);
    const later = kit.again();
    const second = await later.start({ spec, generation: 2, unit: null, signal: new AbortController().signal });
    expect(idOf(second)).toBe(idOf(first));
    expect(second.incarnation).not.toEqual(first.incarnation);
    await done;
    const seen = collect(second);
    seen.write('anew\n');
    await until('the echo', () => seen.text === 'anew\n');
  });

  it('is killed for the next start where its stop would take for ever', async () => {
    const spec = kit.spec(stubborn, { stopTimeoutMs: 500 });
    const first = await kit.start(spec);
    await until('its start', async () => (await first.lastLines(1)).includes('up'));
    kit.runtime.close();
    const { done } = await stopSlowly(first, 600);
    const second = await kit.again().start({ spec, generation: 2, unit: null, signal: new AbortController().signal });
    expect(second.incarnation).not.toEqual(first.incarnation);
    await done;
  });

  it('has the time of its own spec to end, where the last Holdfast has left it running', async () => {
    const spec = kit.spec(stubborn, { stopTimeoutMs: 500 });
    const left = await kit.start(spec);
    await until('its start', async () => (await left.lastLines(1)).includes('up'));
    kit.runtime.close();
    const begun = performance.now();
    expect(await kit.again().sweep(spec, null)).toBe(1);
    expect(performance.now() - begun).toBeLessThan(6_000);
    expect((await containersOf(kit.engine, kit.instance)).map(({ State }) => State)).toEqual(['exited']);
  });
});
