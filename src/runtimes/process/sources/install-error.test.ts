import { describe, expect, it } from 'vitest';
import { installError, toolComplaint } from './install-error.ts';

describe('toolComplaint', () => {
  it('takes what npm says in JSON', () => {
    const stdout = JSON.stringify({ error: { code: 'ETARGET', summary: 'No matching version found for x@9.\nIn most cases …' } });
    expect(toolComplaint({ stdout, stderr: 'npm error code ETARGET' })).toBe('No matching version found for x@9.');
  });

  it('says what a 404 means', () => {
    expect(toolComplaint({ stdout: '{"error":{"code":"E404","summary":"Not Found - GET …"}}', stderr: '' })).toMatch(/no such package/);
  });

  it('takes the cause that uv names', () => {
    const stderr =
      'error: No solution found when resolving dependencies\n  cause: Because there is no version of x==9 and you require x==9, …\n';
    expect(toolComplaint({ stdout: '', stderr })).toBe('Because there is no version of x==9 and you require x==9, …');
  });

  it('is short, whatever a tool prints', () => {
    expect(toolComplaint({ stdout: '', stderr: 'x'.repeat(100_000) }).length).toBeLessThanOrEqual(500);
  });
});

describe('installError', () => {
  const result = { code: 1, stdout: '', stderr: 'connect ECONNREFUSED 127.0.0.1:9', timedOut: false };

  it('names what is installed when the network is the cause', () => {
    const error = installError('npx://x', result, ['1.0.0']);
    expect(error.fix).toContain('Installed here already: 1.0.0');
    expect(error.data).toEqual({ exitCode: 1, offline: true });
  });

  it('says so when it took too long', () => {
    expect(installError('npx://x', { ...result, timedOut: true }, []).why).toBe('it took longer than 10 minutes');
  });
});
