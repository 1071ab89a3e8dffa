import { describe, expect, it } from 'vitest';
import { findDescriptor } from '../descriptors/find-descriptor.ts';
import { type Candidate, candidateFiles, type Surroundings, targetFiles } from './candidates.ts';

const linux: Surroundings = { platform: 'linux', env: {}, home: '/home/ada' };
const mac: Surroundings = { platform: 'darwin', env: {}, home: '/Users/ada' };
const windows: Surroundings = { platform: 'win32', env: { APPDATA: 'D:\\Roaming' }, home: 'C:\\Users\\ada' };
const first = (client: string, surroundings: Surroundings): string | undefined =>
  candidateFiles(findDescriptor(client), surroundings)[0]?.file;

describe('where a client keeps its file', () => {
  it.each([
    ['cursor', linux, '/home/ada/.cursor/mcp.json'],
    ['cursor', windows, 'C:\\Users\\ada\\.cursor\\mcp.json'],
    ['vscode', linux, '/home/ada/.config/Code/User/mcp.json'],
    ['vscode', mac, '/Users/ada/Library/Application Support/Code/User/mcp.json'],
    ['vscode', windows, 'D:\\Roaming\\Code\\User\\mcp.json'],
    ['vscode', { ...windows, env: {} }, 'C:\\Users\\ada\\AppData\\Roaming\\Code\\User\\mcp.json'],
    ['goose', windows, 'D:\\Roaming\\Block\\goose\\config\\config.yaml'],
    ['claude-desktop', linux, undefined],
    ['qoder', linux, undefined],
    ['jetbrains-ai', mac, undefined],
    ['crush', { ...windows, env: { LOCALAPPDATA: 'D:\\Local' } }, 'D:\\Local\\crush\\crush.json'],
  ] as const)('%s', (client, surroundings, file) => expect(first(client, surroundings)).toBe(file));

  it.each([
    ['claude-code', { CLAUDE_CONFIG_DIR: '/cc' }, '/cc/.claude.json'],
    ['codex', { CODEX_HOME: '/cx' }, '/cx/config.toml'],
    ['copilot-cli', { COPILOT_HOME: '/cp' }, '/cp/mcp-config.json'],
    ['kimi-cli', { KIMI_CODE_HOME: '/k' }, '/k/mcp.json'],
    ['opencode', { XDG_CONFIG_HOME: '/x' }, '/x/opencode/opencode.json'],
    ['zed', { XDG_CONFIG_HOME: '/x', FLATPAK_XDG_CONFIG_HOME: '/f' }, '/f/zed/settings.json'],
    ['cline', { CLINE_DIR: '/c' }, '/c/data/settings/cline_mcp_settings.json'],
    ['cline', { CLINE_DIR: '/c', CLINE_DATA_DIR: '/d' }, '/d/settings/cline_mcp_settings.json'],
    ['cline', { CLINE_DIR: '/c', CLINE_DATA_DIR: '/d', CLINE_MCP_SETTINGS_PATH: '/own.json' }, '/own.json'],
    ['codex', { CODEX_HOME: 'relative' }, '/home/ada/.codex/config.toml'],
    ['amp-cli', { XDG_CONFIG_HOME: '' }, '/home/ada/.config/amp/settings.json'],
  ])('%s is moved by %o', (client, env, file) => expect(first(client, { ...linux, env })).toBe(file));
});

describe('which files are edited', () => {
  const candidates: Candidate[] = [
    { file: 'main', role: 'main' },
    { file: 'sibling', role: 'sibling' },
    { file: 'legacy', role: 'legacy' },
  ];

  it.each([
    [[], ['main']],
    [['main'], ['main']],
    [['sibling'], ['sibling']],
    [['main', 'sibling'], ['main']],
    [['legacy'], ['legacy']],
    [
      ['main', 'legacy'],
      ['main', 'legacy'],
    ],
    [
      ['sibling', 'legacy'],
      ['sibling', 'legacy'],
    ],
  ])('where %j exist: %j', (present, files) => expect(targetFiles(candidates, (file) => present.includes(file))).toEqual(files));

  it('is none where no place is known', () => expect(targetFiles([], () => false)).toEqual([]));
});
