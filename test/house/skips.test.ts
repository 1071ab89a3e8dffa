import { describe, expect, it } from 'vitest';
import { objection } from '../../scripts/skips.mjs';

const nothing = { required: [], ci: false, allowed: [] };
const skip = (reason: string | undefined): Parameters<typeof objection>[0] => ({ test: 'a.test.ts > a', reason });

describe('a skipped test', () => {
  it('passes with a reason, outside of CI', () => {
    expect(objection(skip('needs uv: uvx is not on the PATH'), nothing)).toBeUndefined();
  });

  it('fails without a reason', () => {
    expect(objection(skip(undefined), nothing)).toBe('it was skipped without a reason');
    expect(objection(skip(''), nothing)).toBe('it was skipped without a reason');
  });

  it('fails when it needs what must be there', () => {
    expect(objection(skip('needs uv: uvx is not on the PATH'), { ...nothing, required: ['docker', 'uv'] })).toContain('uv must be there');
    expect(objection(skip('needs uvloop'), { ...nothing, required: ['uv'] })).toBeUndefined();
  });

  it('fails in CI, unless its reason is allowed', () => {
    expect(objection(skip('needs podman: no socket'), { ...nothing, ci: true })).toContain('does not allow this reason');
    const allowed = [{ startsWith: 'needs podman', because: 'not every machine has it' }];
    expect(objection(skip('needs podman: no socket'), { ...nothing, ci: true, allowed })).toBeUndefined();
    expect(objection(skip('needs podman: no socket'), { required: ['podman'], ci: true, allowed })).toContain('podman must be there');
  });
});
