import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatImageReference, namesToTry, parseImageReference } from './image-reference.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;

describe('a reference', () => {
  it.each([
    ['node', 'docker.io/library/node:latest'],
    ['node:20', 'docker.io/library/node:20'],
    ['owner/server', 'docker.io/owner/server:latest'],
    ['index.docker.io/node', 'docker.io/library/node:latest'],
    ['localhost/x', 'localhost/x:latest'],
    ['localhost:5000/x', 'localhost:5000/x:latest'],
    ['127.0.0.1:5000/a/b:c', '127.0.0.1:5000/a/b:c'],
    ['[::1]:5000/a', '[::1]:5000/a:latest'],
    ['ghcr.io/a/b__c', 'ghcr.io/a/b__c:latest'],
    [`node@${DIGEST}`, `docker.io/library/node@${DIGEST}`],
    [`node:20@${DIGEST}`, `docker.io/library/node:20@${DIGEST}`],
  ])('%s is %s', (text, full) => {
    expect(formatImageReference(parseImageReference(text))).toBe(full);
  });

  it.each([
    '',
    ':',
    'Node',
    'a//b',
    '/a',
    'a/',
    'a:',
    'a:b:c',
    'a@b',
    `a@${DIGEST}@${DIGEST}`,
    'a b',
    'a:-x',
    'https://x/y',
    '-a',
    'a..b',
    'x'.repeat(300),
  ])('%j is none', (text) => {
    expect(() => parseImageReference(text)).toThrow(expect.objectContaining({ code: 'HF_BAD_SPEC' }));
  });

  const host = fc.constantFrom('localhost', 'ghcr.io', '127.0.0.1:5000', 'docker.io', 'registry.example:443');
  const name = fc
    .array(fc.stringMatching(/^[a-z0-9]{1,8}([._-][a-z0-9]{1,4})?$/), { minLength: 1, maxLength: 3 })
    .map((parts) => parts.join('/'));
  const tag = fc.option(fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/));
  const digest = fc.option(fc.constant(DIGEST));

  it('is the same when it is parsed again in its full form', () => {
    fc.assert(
      fc.property(fc.option(host), name, tag, digest, (registry, path, label, sum) => {
        const text = `${registry === null ? '' : `${registry}/`}${path}${label === null ? '' : `:${label}`}${sum === null ? '' : `@${sum}`}`;
        const parsed = parseImageReference(text);
        expect(parseImageReference(formatImageReference(parsed))).toEqual(parsed);
        expect(parsed.digest).toBe(sum);
        expect(parsed.tag).toBe(label ?? (sum === null ? 'latest' : null));
        for (const kind of ['docker', 'podman'] as const) {
          for (const tried of namesToTry(text, kind)) expect(/:[^/]+$|@/.test(tried)).toBe(true);
        }
      }),
    );
  });

  it('never throws anything but the catalogue’s error', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseImageReference(text);
        } catch (error) {
          expect(error).toMatchObject({ code: 'HF_BAD_SPEC' });
        }
      }),
    );
  });
});

describe('the names to try', () => {
  it('are as typed on Docker, with a tag', () => {
    expect(namesToTry('holdfast-test/x', 'docker')).toEqual(['holdfast-test/x:latest']);
    expect(namesToTry('ghcr.io/a/b:1', 'docker')).toEqual(['ghcr.io/a/b:1']);
    expect(namesToTry('0123456789ab', 'docker')).toEqual(['0123456789ab']);
  });

  it('are full on Podman, what was built there first', () => {
    expect(namesToTry('node:20', 'podman')).toEqual(['localhost/node:20', 'docker.io/library/node:20']);
    expect(namesToTry('localhost/x', 'podman')).toEqual(['localhost/x:latest']);
    expect(namesToTry(DIGEST, 'podman')).toEqual([DIGEST]);
  });
});
