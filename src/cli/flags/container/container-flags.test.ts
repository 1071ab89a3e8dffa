import { describe, expect, it } from 'vitest';
import { containerFlags, containerRequest } from './container-flags.ts';

const places = { cwd: '/work', home: '/home/me' };

function request(given: Partial<Record<keyof typeof containerFlags, readonly string[]>>) {
  const read = <T>(key: keyof typeof containerFlags, flag: { read(texts: readonly string[], name: string): T }): T =>
    flag.read(given[key] ?? [], `--${key}`);
  return containerRequest(
    {
      volume: read('volume', containerFlags.volume),
      network: read('network', containerFlags.network),
      publish: read('publish', containerFlags.publish),
      memory: read('memory', containerFlags.memory),
      cpus: read('cpus', containerFlags.cpus),
      pidsLimit: read('pidsLimit', containerFlags.pidsLimit),
      readOnly: read('readOnly', containerFlags.readOnly),
      noReadOnly: read('noReadOnly', containerFlags.noReadOnly),
      user: read('user', containerFlags.user),
    },
    places,
  );
}

describe('container flags', () => {
  it('ask for nothing when none was given', () => expect(request({})).toBeUndefined());

  it('ask for what was said, and nothing else', () => {
    expect(request({ memory: ['64m'], cpus: ['1.5'] })).toEqual({ limits: { memory: 67_108_864, cpus: 1.5 } });
    expect(request({ pidsLimit: ['-1'], network: ['none'] })).toEqual({ network: 'none', limits: { pids: 0 } });
    expect(request({ readOnly: ['true'], user: ['1000:1000'] })).toEqual({ read_only: true, user: '1000:1000' });
    expect(request({ volume: ['./a:/a', 'b2:/b'] })?.mounts).toHaveLength(2);
  });

  it('take away what an empty value or the opposite says', () => {
    expect(request({ volume: [''], publish: [''], user: [''] })).toEqual({ mounts: [], publish: [], user: null });
    expect(request({ noReadOnly: ['true'] })).toEqual({ read_only: false });
    expect(() => request({ readOnly: ['true'], noReadOnly: ['true'] })).toThrow('together');
  });

  it.each([
    ['cpus', 'two', 'number of cores'],
    ['cpus', '-1', 'number of cores'],
    ['pidsLimit', '1.5', 'number of processes'],
    ['memory', 'much', 'is not a size'],
  ] as const)('refuse %s %s', (key, text, why) => {
    expect(() => request({ [key]: [text] })).toThrow(
      expect.objectContaining({ code: 'HF_USAGE', message: expect.stringContaining(why) as string }),
    );
  });
});
