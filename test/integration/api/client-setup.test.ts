import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CommandResult, commandLine } from './command-line.ts';
import { type DaemonApi, startDaemonApi } from './daemon-api.ts';

let api: DaemonApi;
beforeEach(async () => {
  api = await startDaemonApi();
  await commandLine({ home: api.folder }, 'run', 'cmd://true', '--name', 'memory');
});
afterEach(() => api.close());

/** `client setup` at a terminal on which this is typed. */
const setup = (typed: string, ...flags: string[]): Promise<CommandResult> => {
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  stdin.end(`${typed}\n`);
  return commandLine({ home: api.folder, terminal: true, stdin }, 'client', 'setup', ...flags);
};
const install = (): void => {
  for (const folder of ['.cursor', '.gemini']) mkdirSync(join(api.user, folder));
};
const fileOf = (...path: string[]): string => join(api.user, ...path);

describe('holdfast client setup', () => {
  it('registers what is chosen of what is installed', async () => {
    install();
    const said = await setup('1');
    expect(said.exit).toBe(0);
    expect(said.out).toContain(`cursor is registered: ${fileOf('.cursor', 'mcp.json')}`);
    expect(said.err).toContain('Cursor: If tools are missing');
    expect(readFileSync(fileOf('.cursor', 'mcp.json'), 'utf8')).toContain('/memory/mcp');
    expect(existsSync(fileOf('.gemini', 'settings.json'))).toBe(false);
  });

  it('writes nothing under --dry-run, where nothing is chosen, and where nothing is installed', async () => {
    expect((await setup('1')).err).toContain('is installed');
    install();
    expect((await setup('')).err).toContain('Nothing was changed');
    expect((await setup('all', '--dry-run')).out).toContain('+++ ');
    expect(existsSync(fileOf('.cursor', 'mcp.json'))).toBe(false);
  });

  it('does not ask where nobody answers', async () => {
    install();
    const said = await commandLine({ home: api.folder }, 'client', 'setup');
    expect(said.exit).toBe(2);
    expect(said.err).toContain('client register CLIENT');
  });

  it('has colours in its diff', async () => {
    install();
    expect((await setup('cursor', '--dry-run')).out).toContain('\u001b[32m+');
  });
});
