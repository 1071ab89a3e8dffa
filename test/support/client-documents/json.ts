import fc from 'fast-check';

/** How a random document is laid out; the arrays are read in a circle. */
interface Dress {
  readonly blanks: readonly string[];
  readonly trailing: readonly boolean[];
}

const blank = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('', ' ', '\n', '\n  ', '\n    ', '\t', '\r\n  ') },
  { weight: 1, arbitrary: fc.constantFrom('/* { " */', ' /* a */ ', ' // } "x": {\n', '\n  // 27" screen\n  ', '//,\r\n') },
);
const dress: fc.Arbitrary<Dress> = fc.record({
  blanks: fc.array(blank, { minLength: 1, maxLength: 24 }),
  trailing: fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }),
});
const key = fc.oneof(
  fc.constantFrom('a', 'mcp', 'theme', '__proto__', 'a.b', 'x/y~z', '"q"', 'new\nline', '😀', 'toString'),
  fc.string({ maxLength: 6 }),
);
const leaf = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom('// no', '/* no */', '{', ','),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, fc.array(tie('value'), { maxLength: 3 }), tie('object')),
  object: fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map((members) => new Map(members)),
}));
const servers = fc.option(
  fc.array(fc.tuple(key, value), { maxLength: 3 }).map((members) => new Map(members)),
  { nil: undefined },
);
const others = fc.array(fc.tuple(key, value), { maxLength: 3 });
/** Random JSON texts with comments and trailing commas; half of them have servers below `mcpServers`. */
export const jsonDocuments: fc.Arbitrary<string> = fc
  .record({ before: others, servers, after: others, dress, lead: blank, tail: blank })
  .map((made) => {
    const members = new Map([
      ...made.before,
      ...(made.servers === undefined ? [] : [['mcpServers', made.servers] as [string, unknown]]),
      ...made.after.filter(([name]) => name !== 'mcpServers'),
    ]);
    return made.lead + dressed(members, made.dress) + made.tail;
  });

/** Renders objects (maps) and values with the blanks, comments and trailing commas of the dress between all tokens. */
function dressed(document: unknown, { blanks, trailing }: Dress): string {
  let turn = 0;
  const gap = (): string => blanks[turn++ % blanks.length] ?? '';
  const list = (items: readonly string[], brackets: string): string => {
    const comma = items.length > 0 && trailing[turn++ % trailing.length] ? `,${gap()}` : '';
    return brackets[0] + items.map((item, index) => (index > 0 ? `,${gap()}${item}` : gap() + item)).join('') + gap() + comma + brackets[1];
  };
  const render = (node: unknown): string => {
    if (node instanceof Map)
      return list(
        [...(node as Map<string, unknown>)].map(([name, member]) => `${JSON.stringify(name)}${gap()}:${gap()}${render(member)}${gap()}`),
        '{}',
      );
    if (Array.isArray(node))
      return list(
        node.map((item) => render(item) + gap()),
        '[]',
      );
    return JSON.stringify(node);
  };
  return render(document);
}
