import { describe, expect, it } from 'vitest';
import { agreeOnApi } from './api-version.ts';

describe('the version of the API', () => {
  const docker = { kind: 'docker', version: '20.10.24', oldest: '1.12' } as const;

  it('is the highest that both know', () => {
    expect(agreeOnApi({ ...docker, newest: '1.41' })).toEqual({ apiVersion: '1.41' });
    expect(agreeOnApi({ ...docker, newest: '1.40' })).toEqual({ apiVersion: '1.40' });
    expect(agreeOnApi({ ...docker, newest: '1.99', oldest: '1.44' })).toEqual({ apiVersion: '1.51' });
    expect(agreeOnApi({ kind: 'podman', version: '4.3.1', newest: '1.41', oldest: '1.24' })).toEqual({ apiVersion: '1.41' });
  });

  it('is compared as numbers, and an engine too old is said to be one', () => {
    expect(agreeOnApi({ ...docker, version: '1.13.1', newest: '1.9' })).toEqual({ tooOld: expect.stringContaining('an engine too old') });
    expect(agreeOnApi({ ...docker, version: '18.09.1', newest: '1.39' })).toEqual({
      tooOld: expect.stringContaining('18.09.1 with API 1.39'),
    });
    expect(agreeOnApi({ kind: 'podman', version: '3.4.4', newest: '1.40', oldest: null })).toEqual({
      tooOld: expect.stringContaining('Podman 3.4.4, an engine too old'),
    });
  });

  it('is none where the engine is too new', () => {
    expect(agreeOnApi({ ...docker, newest: '1.90', oldest: '1.60' })).toEqual({ tooNew: expect.stringContaining('1.60') });
  });
});
