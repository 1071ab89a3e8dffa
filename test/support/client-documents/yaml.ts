import fc from 'fast-check';
import { stringify } from 'yaml';

const word = fc.constantFrom('a', 'provider', 'x y', 'yes', '#no', 'l: m', '"', '😀', '- d', '0x1', '');
const leaf = fc.oneof(
  word,
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom('line\nline\n', 'two\n\n\nthree\n', 'end\n\n\n'),
);
const { node } = fc.letrec((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('k', 'l', 'm n', 'on', '7'), tie('node'), { maxKeys: 3 }),
  ),
}));
const others = fc.dictionary(fc.constantFrom('GOOSE_MODEL', 'models', 'rules', 'z'), node, { maxKeys: 3 });
const server = fc.dictionary(fc.constantFrom('type', 'url', 'args', 'notes'), node, { minKeys: 1, maxKeys: 3 });

const map = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, {}),
  fc.dictionary(fc.constantFrom('one', 'two words', '3', 'developer'), server, { minKeys: 1, maxKeys: 3 }),
);
const list = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, []),
  fc
    .uniqueArray(fc.constantFrom('one', 'two'), { minLength: 1 })
    .chain((names) => fc.tuple(...names.map((name) => server.map((made) => ({ name, ...made }))))),
);
const dress = fc.record({
  indent: fc.constantFrom(2, 4, 3),
  indentSeq: fc.boolean(),
  collectionStyle: fc.constantFrom<'any' | 'flow'>('any', 'any', 'any', 'flow'),
  nullStr: fc.constantFrom('null', '~', ''),
  comments: fc.array(fc.constantFrom('', '', '', '# }', '  # a: b', '      # "'), { minLength: 1, maxLength: 9 }),
  crlf: fc.boolean(),
  chopped: fc.boolean(),
  start: fc.constantFrom('', '', '---\n', '# first\n\n'),
});

function documents(key: string, servers: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  return fc.tuple(others, servers, others, dress).map(([before, value, after, made]) => {
    const document = { ...before, ...(value === undefined ? {} : { [key]: value }), ...after };
    const { indent, indentSeq, collectionStyle } = made;
    // In flow style a null of no characters would not be YAML.
    const nullStr = collectionStyle === 'flow' ? 'null' : made.nullStr;
    const text = stringify(document, { indent, indentSeq, collectionStyle, nullStr, lineWidth: 0 });
    const commented = withComments(text, made.comments);
    const ended = made.start + (made.chopped ? commented.replace(/\n+$/, '') : commented);
    return made.crlf ? ended.replaceAll('\n', '\r\n') : ended;
  });
}

/** Puts comment lines before lines that begin a pair or an item; within a text of several lines they would be text. */
function withComments(text: string, comments: readonly string[]): string {
  let block = false;
  return text
    .split('\n')
    .flatMap((line, index) => {
      const comment = comments[index % comments.length] ?? '';
      const begins = /^\s*(- |[\w" ]+:)/.test(line) && !block;
      block = /[|>][+-]?\d?$/.test(line) || (block && !/^\S/.test(line));
      return begins && comment !== '' ? [comment, line] : [line];
    })
    .join('\n');
}

/** Random YAML texts whose `extensions`, if any, are a map. */
export const yamlMaps: fc.Arbitrary<string> = documents('extensions', map);

/** Random YAML texts whose `mcpServers`, if any, are a list. */
export const yamlLists: fc.Arbitrary<string> = documents('mcpServers', list);
