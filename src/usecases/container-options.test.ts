import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { containerDefaults, containerOptionsSchema } from '../core/workload/container.ts';
import { isProcessSource, mergeContainer, refuseContainerOptions } from './container-options.ts';
import type { ContainerWishes } from './workload-options.ts';

const mount = { kind: 'bind', source: '/a', target: '/a', readOnly: true } as const;

describe('container options', () => {
  it('change what they say and leave the rest', () => {
    const before = mergeContainer(containerDefaults, { mounts: [mount], limits: { memory: 1, pids: 0 }, user: '1000' });
    expect(before).toEqual({ ...containerDefaults, mounts: [mount], limits: { memory: 1, cpus: 2, pids: 0 }, user: '1000' });
    expect(mergeContainer(before, { user: null, mounts: [], network: 'none' })).toEqual({
      ...before,
      user: null,
      mounts: [],
      network: 'none',
    });
    expect(mergeContainer(before, undefined)).toEqual(before);
    expect(mergeContainer({ ...before, engine: 'x' }, { readOnly: true })).toEqual({ ...before, engine: 'x', readOnly: true });
  });

  it('stay a valid part of a spec, and the defaults stay the defaults, whatever is said', () => {
    const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
    const wishes: fc.Arbitrary<ContainerWishes> = fc.record({
      mounts: maybe(fc.array(fc.constant({ ...mount }), { maxLength: 2 })),
      network: maybe(fc.constantFrom('none', 'host', 'mine')),
      publish: maybe(fc.constant([{ hostAddress: '127.0.0.1', hostPort: 0, containerPort: 80, protocol: 'tcp' as const }])),
      limits: maybe(fc.record({ memory: maybe(fc.nat()), cpus: maybe(fc.constantFrom(0, 1.5)), pids: maybe(fc.nat()) })),
      readOnly: maybe(fc.boolean()),
      user: maybe(fc.option(fc.constantFrom('1000', 'node:node'))),
    });
    const defaults = structuredClone(containerDefaults);
    fc.assert(
      fc.property(wishes, wishes, (first, second) => {
        const merged = mergeContainer(mergeContainer(containerDefaults, first), second);
        expect(containerOptionsSchema.parse(merged)).toEqual(merged);
        expect(merged.network).toBe(second.network ?? first.network ?? 'default');
        expect(merged.limits.memory).toBe(second.limits?.memory ?? first.limits?.memory ?? defaults.limits.memory);
      }),
    );
    expect(containerDefaults).toEqual(defaults);
  });

  it('are refused by the names of their flags for what is no container', () => {
    const refused =
      (wishes: ContainerWishes): (() => void) =>
      () =>
        refuseContainerOptions('cmd://node', 'process', wishes);
    expect(refused({ mounts: [] })).toThrow('--volume is for containers only: cmd://node runs as a process');
    expect(refused({ limits: { memory: 1, pids: 1 }, readOnly: false })).toThrow(
      expect.objectContaining({ code: 'HF_BAD_SPEC', data: { flags: ['--memory', '--pids-limit', '--read-only'] } }),
    );
    expect(refused({ user: null })).toThrow('--user');
    expect(refused({ limits: {}, network: undefined })).not.toThrow();
  });

  it('know the sources that become processes', () => {
    expect(['cmd://x', 'NPX://x', 'uvx://x'].every(isProcessSource)).toBe(true);
    expect(['mcp/memory', 'ghcr.io/a/b:1', 'go://x', 'cmd'].some(isProcessSource)).toBe(false);
  });
});
