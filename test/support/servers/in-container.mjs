// The entry point of the image of the fixture servers: `IMAGE [KIND [ARGUMENT…]]`. Without a KIND, MCP_TRANSPORT says whether it is
// `http` or `stdio`. A server in a container listens on all of its addresses.

/** @type {Record<string, { file: string, args?: string[] }>} */
const KINDS = {
  stdio: { file: '../fixtures/fixture-stdio' },
  http: { file: '../fixtures/fixture-http' },
  modern: { file: '../fixtures/fixture-modern' },
  'modern-stdio': { file: '../fixtures/fixture-modern', args: ['stdio'] },
  conformance: { file: 'conformance-server' },
  life: { file: 'life-server' },
  probe: { file: 'probe-server' },
  'http-probe': { file: 'http-probe' },
};

const [node = '', program = '', given, ...args] = process.argv;
const usual = process.env['MCP_TRANSPORT'] === 'streamable-http' ? 'http' : 'stdio';
const name = given ?? usual;
const kind = KINDS[name];
if (kind === undefined) {
  process.stderr.write(`no fixture server is called ${name}\n`);
  process.exit(64);
}
process.env['MCP_HOST'] ??= '0.0.0.0';
process.env['MCP_PORT'] ??= '8080';
process.argv = [node, program, ...(kind.args ?? []), ...args];
await import(new URL(`./${kind.file}.mjs`, import.meta.url).href);
