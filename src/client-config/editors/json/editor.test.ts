import { describe, expect, it } from 'vitest';
import { lenientParser, targetFor } from '../../../../test/support/client-documents/target.ts';
import { putEntry, takeEntry } from '../edit-entry.ts';
import { jsonEditor } from './editor.ts';

const target = targetFor('s', 'map', lenientParser);
const put = (text: string): string => putEntry(jsonEditor, text, target, 'x', { owned: { u: 1 }, initial: {}, drop: [] });
const take = (text: string): string => takeEntry(jsonEditor, text, target, 'x', 'filled');

describe('where an entry goes', () => {
  it.each([
    ['one line', '{"s":{"a":1}}', '{"s":{"a":1, "x":{"u":1}}}'],
    [
      'behind comments at the end',
      '{"s": {\n  "a": 1 // a\n  // b }\n}}',
      '{"s": {\n  "a": 1, // a\n  // b }\n  "x": {\n    "u": 1\n  }\n}}',
    ],
    [
      'with a comma where the last has one',
      '{\n\t"s": {\n\t\t"a": 1,\n\t},\n}',
      '{\n\t"s": {\n\t\t"a": 1,\n\t\t"x": {\n\t\t\t"u": 1\n\t\t},\n\t},\n}',
    ],
    ['with the line ends of the file', '{\r\n  "s": {}\r\n}', '{\r\n  "s": {\r\n    "x": {\r\n      "u": 1\r\n    }\r\n  }\r\n}'],
    ['in a file of nothing', '', '{\n  "s": {\n    "x": {\n      "u": 1\n    }\n  }\n}\n'],
    ['in place of null', '{\n  "s": null\n}', '{\n  "s": {\n    "x": {\n      "u": 1\n    }\n  }\n}'],
  ])('%s', (_what, text, written) => expect(put(text)).toBe(written));
});

describe('what leaves with an entry', () => {
  it.each([
    ['the comma before the last', '{"s":{"a":1, "x":{}}}', '{"s":{"a":1}}'],
    ['the comma behind the first', '{"s":{"x":{}, "a":1}}', '{"s":{"a":1}}'],
    ['its lines', '{"s":{\n  "x": {},\n  "a": 1\n}}', '{"s":{\n  "a": 1\n}}'],
    ['not the comment beside it', '{"s":{\n  "x": {}, // mine\n  "a": 1\n}}', '{"s":{\n  // mine\n  "a": 1\n}}'],
    ['not the line break that ends a comment before it', '{"s":{"a":1, // }\n "x":{} }}', '{"s":{"a":1 // }\n  }}'],
    ['not the line break that ends a comment, with a neighbour behind', '{"s":{ // c\n "x":{}, "b":2 }}', '{"s":{ // c\n "b":2 }}'],
  ])('%s', (_what, text, left) => expect(take(text)).toBe(left));
});
