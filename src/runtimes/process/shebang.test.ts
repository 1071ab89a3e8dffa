import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseShebang } from './shebang.ts';

describe('parseShebang', () => {
  it.each([
    ['#!/bin/sh\necho', { interpreter: '/bin/sh', lookedUp: null, options: [] }],
    ['#! /usr/bin/perl -w\n', { interpreter: '/usr/bin/perl', lookedUp: null, options: ['-w'] }],
    ['#!/usr/bin/env node\n', { interpreter: '/usr/bin/env', lookedUp: 'node', options: [] }],
    ['#!/usr/bin/env -S node --flag x\n', { interpreter: '/usr/bin/env', lookedUp: 'node', options: ['--flag', 'x'] }],
    ['#!/usr/bin/env -S FOO=bar deno run\n', { interpreter: '/usr/bin/env', lookedUp: 'deno', options: ['run'] }],
    ['#!/usr/bin/env\n', { interpreter: '/usr/bin/env', lookedUp: null, options: [] }],
    ['#!/bin/sh\r\n', { interpreter: '/bin/sh\r', lookedUp: null, options: [] }],
    ['#!/usr/bin/env node\r\n', { interpreter: '/usr/bin/env', lookedUp: 'node\r', options: [] }],
    ['#!/bin/sh', { interpreter: '/bin/sh', lookedUp: null, options: [] }],
  ])('reads %j', (head, shebang) => expect(parseShebang(head)).toEqual(shebang));

  it.each(['', '\u007fELF', '# !/bin/sh\n', '#!\n', '#! \n', 'x#!/bin/sh'])('finds none in %j', (head) =>
    expect(parseShebang(head)).toBeNull(),
  );

  it('takes anything', () => {
    fc.assert(
      fc.property(fc.string(), (rest) => {
        const shebang = parseShebang(`#!${rest}`);
        expect(shebang === null || shebang.interpreter !== '').toBe(true);
      }),
    );
  });
});
