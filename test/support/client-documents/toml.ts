import fc from 'fast-check';

const key = fc.constantFrom('model', 'a', '"q k"', "'l.t'", 'sandbox-mode', '"\\u0041b"', '1', 'true');
const scalar = fc.constantFrom(
  '"text # no comment"',
  "'C:\\path'",
  '42',
  '9007199254740993',
  '-0.5',
  'true',
  '1979-05-27T07:32:00Z',
  '07:32:00',
  '"""\nlong [x]\n"""',
  '[1, 2, # three\n  3,\n]',
  '{ x = 1, y = { z = [] } }',
  '"\\u00e9 \\"q\\""',
);
const comment = fc.constantFrom('', '', '', ' # note', '\t# "[x]"');
const pairs = fc.uniqueArray(fc.tuple(key, scalar, comment), { maxLength: 4, selector: ([name]) => name });
const lead = fc.constantFrom('', '', '\n', '# [mcp_servers.files]\n', '\n# ──────\n\n');
const indent = fc.constantFrom('', '', '  ');

function body(made: readonly (readonly [string, string, string])[], before: string): string {
  // A comment behind a value of several lines is as good as any.
  return made.map(([name, value, note]) => `${before}${name} = ${value}${note}\n`).join('');
}

const table = (header: string): fc.Arbitrary<string> =>
  fc.record({ lead, pairs, indent, comment }).map((made) => `${made.lead}${header}${made.comment}\n${body(made.pairs, made.indent)}`);

const foreign = fc.shuffledSubarray(['[tui]', '[tui.keys]', '["a.b".c]', '[[hooks]]', '[profiles.x]']);

/** Tables of servers below `mcp_servers`, in the forms that clients and people write. */
const serverMap = fc.oneof(
  fc.constant<string[]>([]),
  fc.shuffledSubarray(['[mcp_servers.one]', '[mcp_servers."two words"]', '[mcp_servers.one.env]', '[mcp_servers]'], { minLength: 1 }),
);
const serverMapAtTop = fc.constantFrom(
  '',
  '',
  'mcp_servers = {}\n',
  'mcp_servers = { one = { url = "u" } } # inline\n',
  'mcp_servers.dotted.url = "u"\n',
);

const serverList = fc.array(fc.constantFrom('one', 'two'), { maxLength: 2 }).map((names) => [...new Set(names)]);
const serverListAtTop = fc.constantFrom(
  'mcp_servers = []\n',
  'mcp_servers = [{ name = "one", url = "u" }]\n',
  'mcp_servers = [\n  { name = "one" }, # first\n  { name = "two" },\n]\n',
);

/** What every document may begin with, and the tables of others; line ends and the end of the file differ. */
const frame = fc.record({
  top: pairs,
  foreign: foreign.chain((headers) => fc.tuple(...headers.map(table))),
  crlf: fc.boolean(),
  chopped: fc.boolean(),
  tail: lead,
});

function finished(text: string, { crlf, chopped }: { readonly crlf: boolean; readonly chopped: boolean }): string {
  const ended = chopped ? text.replace(/\n+$/, '') : text;
  return crlf ? ended.replaceAll('\n', '\r\n') : ended;
}

/** Random TOML texts whose `mcp_servers`, if any, are a map of tables. */
export const tomlMaps: fc.Arbitrary<string> = fc
  .tuple(
    frame,
    serverMapAtTop,
    serverMap.chain((headers) => fc.tuple(...headers.map(table))),
  )
  .map(([made, top, servers]) => {
    const tables = top === '' ? servers : [];
    return finished(body(made.top, '') + top + made.foreign.join('') + tables.join('') + made.tail, made);
  });

/** Random TOML texts whose `mcp_servers`, if any, are a list of tables. */
export const tomlLists: fc.Arbitrary<string> = fc
  .tuple(frame, fc.oneof(fc.constant(''), serverListAtTop), serverList)
  .map(([made, top, names]) => {
    const tables = top === '' ? names.map((name) => `\n[[mcp_servers]]\nname = "${name}" # mine\n[mcp_servers.env]\nA = "b"\n`) : [];
    return finished(body(made.top, '') + top + made.foreign.join('') + tables.join('') + made.tail, made);
  });
