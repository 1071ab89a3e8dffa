import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mount } from './mount.ts';

const places = { cwd: '/now', home: '/home/me' };
const read = (text: string) => mount(text, '--volume', places);

describe('mounts', () => {
  it.each([
    ['/data:/srv/data', 'bind', '/data', '/srv/data', false],
    ['/data:/srv/data:ro', 'bind', '/data', '/srv/data', true],
    ['/data:/srv/data:rw', 'bind', '/data', '/srv/data', false],
    ['./notes:/notes:ro', 'bind', '/now/notes', '/notes', true],
    ['.:/here', 'bind', '/now', '/here', false],
    ['../x:/x', 'bind', '/x', '/x', false],
    ['notes/2026:/notes', 'bind', '/now/notes/2026', '/notes', false],
    ['~:/me', 'bind', '/home/me', '/me', false],
    ['~/a b:/ab', 'bind', '/home/me/a b', '/ab', false],
    ['/odd:name:/x', 'bind', '/odd:name', '/x', false],
    ['C:\\Users\\me:/me:ro', 'bind', 'C:\\Users\\me', '/me', true],
    ['c:/Users/me:/me', 'bind', 'c:/Users/me', '/me', false],
    ['memory-data:/data', 'volume', 'memory-data', '/data', false],
    ['v1.2_x:/data:ro', 'volume', 'v1.2_x', '/data', true],
  ] as const)('%s', (text, kind, source, target, readOnly) => {
    expect(read(text)).toEqual({ kind, source, target, read_only: readOnly });
  });

  it.each([
    ['', 'no place'],
    ['/data', 'no place'],
    ['data', 'no place'],
    ['data:ro', 'no place'],
    ['C:\\data', 'no place'],
    ['C:/data', 'no place'],
    [':/data', 'no source'],
    ['/a:b', 'absolute path'],
    ['a:b', 'absolute path'],
    ['a:b:c', 'neither ro nor rw'],
    ['/a:/b:rx', 'neither ro nor rw'],
    ['/a:/b:', 'neither ro nor rw'],
    ['/a:/b:ro,z', 'neither ro nor rw'],
    ['a b:/x', 'neither a path nor the name of a volume'],
    ['~root/x:/x', 'another user'],
  ])('%j is refused: %s', (text, why) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'HF_USAGE', message: expect.stringContaining(why) as string }));
  });

  it('with ~ need a home', () => expect(() => mount('~/x:/x', '--volume', { cwd: '/', home: undefined })).toThrow('no HOME'));

  it('keep any absolute path of this machine and any place in the container', () => {
    const segment = fc.stringMatching(/^[A-Za-z0-9 ._-]{1,12}$/).filter((text) => !/^\.+$/.test(text));
    const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`);
    fc.assert(
      fc.property(path, path, fc.constantFrom('', ':ro', ':rw'), (source, target, mode) => {
        expect(read(`${source}:${target}${mode}`)).toEqual({ kind: 'bind', source, target, read_only: mode === ':ro' });
      }),
    );
  });

  it('give an absolute source and target, or are refused as wrong usage, whatever is written', () => {
    const piece = fc.constantFrom('/', ':', '.', '..', '~', 'a', 'ro', 'rw', 'C:', '\\', ' ', '-', 'data');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
        try {
          const made = read(pieces.join(''));
          expect(made.target.startsWith('/')).toBe(true);
          expect(made.kind === 'volume' || /^(\/|[A-Za-z]:[\\/])/.test(made.source)).toBe(true);
        } catch (error) {
          expect(error).toMatchObject({ code: 'HF_USAGE' });
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
