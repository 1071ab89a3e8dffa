import type { UserDocument } from './user-file.ts';

/** Files that another program edits meanwhile; each has another server in it. */
export const BUSY_DOCUMENTS: readonly UserDocument[] = [
  {
    client: 'cursor',
    path: '.cursor/mcp.json',
    mode: 0o640,
    isLink: true,
    text: '{\n\t// mine } "\n\t"mcpServers": {\n\t\t"own": { "command": "npx", "args": ["own-server"] }, // { edited 0 times\n\t\t/* "old": { "url": "x" } */\n\t\t"last": { "url": "https://example.test/mcp" }\n\t}\n\t// the end of my servers\n}\n',
  },
  {
    client: 'vscode',
    path: '.config/Code/User/mcp.json',
    text: '\ufeff{\r\n  // edited 0 times\r\n  "inputs": [],\r\n  "servers": {\r\n    "own": { "type": "http", "url": "https://example.test" },\r\n  },\r\n}\r\n',
  },
  {
    client: 'codex',
    path: '.codex/config.toml',
    text: '# my servers are below\nmodel = "big" # mine\n\n[mcp_servers.own] # keep\ncommand = "npx"\nargs = ["own-server"]\n\n[tui]\nnote = "edited 0 times"\n# the end of my settings\n',
  },
  {
    client: 'goose',
    path: '.config/goose/config.yaml',
    text: '# edited 0 times\nGOOSE_PROVIDER: big # mine\nextensions:\n  # keep\n  own:\n    enabled: true\n    name: own\n    type: stdio\n    cmd: npx\n    args: [own-server]\nGOOSE_MODE: auto\n',
  },
];

/** Files of every shape that clients' files have. */
export const SHAPES: readonly (UserDocument & { readonly shape: string })[] = [
  {
    shape: 'comments, CRLF, a byte order mark',
    client: 'cursor',
    path: '.cursor/mcp.json',
    text: '\ufeff{\r\n  // "mcpServers": { }\r\n  "mcpServers": { /* none yet } */ }\r\n}\r\n',
  },
  { shape: 'empty', client: 'windsurf', path: '.codeium/windsurf/mcp_config.json', text: '' },
  { shape: 'absent', client: 'vscode', path: '.config/Code/User/mcp.json', text: null },
  {
    shape: 'a link, and a mode of its own',
    client: 'kiro',
    path: '.kiro/settings/mcp.json',
    isLink: true,
    mode: 0o664,
    text: '{\n\t"mcpServers": {\n\t\t"own": {}\n\t}\n}',
  },
  {
    shape: 'one line',
    client: 'warp',
    path: '.warp/.mcp.json',
    text: '{"mcpServers":{"own":{"url":"https://example.test"}},"more":[1,2]}',
  },
  { shape: 'TOML', client: 'codex', path: '.codex/config.toml', text: '# only a comment\r\n' },
  { shape: 'YAML', client: 'goose', path: '.config/goose/config.yaml', text: 'extensions: {}\n' },
];

/** A file that cannot be parsed, and where. */
export const BROKEN: UserDocument & { readonly position: RegExp } = {
  client: 'roo-code',
  path: '.config/Code/User/globalStorage/rooveterinaryinc.roo-cline/settings/mcp_settings.json',
  text: '{\n  "mcpServers": {\n    "own": }\n}\n',
  position: /line 3, column 12/,
};
