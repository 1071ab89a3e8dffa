import { describe, expect, it } from 'vitest';
import type { WorkloadSpec } from '../core/workload/spec.ts';
import { applyOptions, checkSpec } from './apply-options.ts';
import { changedFields, concernsBackend } from './changed-fields.ts';
import { workloadDefaults } from './workload-defaults.ts';

const spec: WorkloadSpec = {
  ...workloadDefaults,
  schema: 1,
  id: 'id',
  name: 'a',
  desired: 'running',
  source: 'cmd://true',
  args: [],
  runtime: 'process',
  transport: 'stdio',
  proxyMode: 'streamable-http',
  launch: { file: '/bin/true', args: [], cwd: '/', env: { A: '1', B: '2' }, path: '/mcp' },
  secretEnv: [],
  userEnv: [],
  createdAt: 0,
};

describe('changed fields', () => {
  it('are named one level deep', () => {
    const after = { ...spec, holdMs: 1, restart: { ...spec.restart, attempts: 3 }, launch: { ...spec.launch, env: { A: '1' } } };
    expect(changedFields(spec, after)).toEqual(['holdMs', 'launch.env', 'restart.attempts']);
  });

  it('are none where only the order of keys differs', () => {
    expect(changedFields(spec, { ...spec, launch: { ...spec.launch, env: { B: '2', A: '1' } } })).toEqual([]);
  });

  it('concern the backend only where it would run otherwise', () => {
    expect(concernsBackend(['holdMs', 'restart.attempts', 'labels.a', 'userEnv'])).toBe(false);
    for (const field of ['args', 'launch.env', 'transport', 'sessions', 'targetPort']) expect(concernsBackend([field])).toBe(true);
  });
});

describe('options', () => {
  it('change what they say and leave the rest', () => {
    const after = applyOptions(spec, {
      holdMs: 5,
      restart: { attempts: 0, mode: undefined },
      labels: { x: 'y' },
      errorLogLines: undefined,
    });
    expect(changedFields(spec, after)).toEqual(['holdMs', 'labels.x', 'restart.attempts']);
    expect(after.restart.mode).toBe('always');
  });

  it('that the spec does not allow are refused by name', () => {
    expect(() => checkSpec({ ...spec, holdMs: 700_000 })).toThrow(
      expect.objectContaining({ code: 'HF_BAD_SPEC', data: { field: 'holdMs' } }),
    );
    expect(checkSpec(spec)).toEqual(spec);
  });
});
