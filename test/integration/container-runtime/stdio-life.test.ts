import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ENGINE_KINDS, engineFor, engineOrSkip } from '../../support/engine/engines.ts';
import { type ContainerKit, collect, containersOf, idOf, makeKit, outside, until } from './container-kit.ts';

describe.each(ENGINE_KINDS)('a stdio server in a container of %s', (kind) => {
  let kit: ContainerKit;
  beforeEach(async (ctx) => {
    engineOrSkip(ctx, kind);
    kit = await makeKit(await engineFor(kind));
  });
  afterEach(() => kit?.close());

  it('answers, and its stderr is kept apart and redacted', async () => {
    const backend = await kit.start(kit.spec(['probe', 'err=my s3cret', 'echo']));
    const seen = collect(backend);
    expect(seen.write('{"a":1}\n')).toBe('taken');
    await until('the echo', () => seen.text === '{"a":1}\n');
    expect(await backend.lastLines(5)).toEqual(['my ***']);
  });

  it.each([0, 3])('ends with its exit code %i', async (code) => {
    const backend = await kit.start(kit.spec(['probe', `exit=${code}`]));
    expect(await backend.exited).toEqual({ cause: 'exited', exitCode: code, signal: null, oom: false });
  });

  it('is known to be dead within 500 ms of a kill from outside (S12)', async () => {
    const backend = await kit.start(kit.spec(['probe', 'err=up', 'echo']));
    await until('its start', async () => (await backend.lastLines(1))[0] === 'up');
    const begun = performance.now();
    const killed = outside(kit.engine, idOf(backend), 'kill');
    const exit = await backend.exited;
    console.info(`${kind}: killed → known after ${(performance.now() - begun).toFixed(1)} ms`);
    await killed;
    expect(exit).toMatchObject({ cause: 'signalled', signal: 'SIGKILL', ...(kind === 'docker' ? { byOther: true } : {}) });
  });

  it('is started again as the same container', async () => {
    const spec = kit.spec(['probe', 'exit-on-input=1']);
    const first = await kit.start(spec);
    collect(first).write('x\n');
    await first.exited;
    const second = await kit.start(spec);
    expect(idOf(second)).toBe(idOf(first));
    expect(second.incarnation).not.toEqual(first.incarnation);
    expect(second.startedByOther).toBeUndefined();
    expect(await containersOf(kit.engine, kit.instance)).toHaveLength(1);
  });
});
