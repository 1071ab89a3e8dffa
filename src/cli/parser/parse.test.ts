import { describe, expect, it } from 'vitest';
import { commands, groups, summary } from '../commands.ts';
import { type Invocation, parse } from './parse.ts';

const read = (...argv: string[]): Invocation => {
  const parsed = parse(commands, groups, summary, argv);
  if ('text' in parsed) throw new Error(`a help text: ${parsed.text}`);
  return parsed;
};
const help = (...argv: string[]): string => {
  const parsed = parse(commands, groups, summary, argv);
  return 'text' in parsed ? parsed.text : `a command: ${parsed.command.name}`;
};
const refused = (...argv: string[]): { message: string; fix: string } => {
  try {
    parse(commands, groups, summary, argv);
  } catch (error) {
    expect(error).toMatchObject({ code: 'HF_USAGE' });
    return error as { message: string; fix: string };
  }
  throw new Error(`${argv.join(' ')} was accepted`);
};

describe('the words of the command line', () => {
  it('find commands by name, alias and group', () => {
    for (const word of ['list', 'ls', 'ps']) expect(read(word).command.name).toBe('list');
    expect(read('delete', 'x').command.name).toBe('rm');
    expect(read('mcp', 'list', 'tools').input.words).toEqual(['tools']);
  });

  it('keep what stands after -- for the server, flags and all', () => {
    const { input } = read('run', '--name', 'x', 'cmd://node', '--hold', '5s', '--', '--name', 'y', '--', '-e');
    expect(input).toMatchObject({ words: ['cmd://node'], rest: ['--name', 'y', '--', '-e'], flags: { name: 'x', hold: 5_000 } });
    expect(read('run', 'x').input.rest).toBeNull();
    expect(read('run', 'x', '--').input.rest).toEqual([]);
  });

  it('repeat flags without swallowing the next word', () => {
    const { input } = read('run', '-e', 'A=1', 'cmd://x', '--env', 'B=2', '-l', 'a=b', '--label=c=d');
    expect(input).toMatchObject({ words: ['cmd://x'], flags: { env: ['A=1', 'B=2'], label: ['a=b', 'c=d'] } });
  });

  it('take several names, switches and negations', () => {
    expect(read('stop', 'a', 'b').input.words).toEqual(['a', 'b']);
    expect(read('ls', '-aq').input.flags).toMatchObject({ all: true, quiet: true, group: undefined });
    expect(read('run', 'x', '--no-repeat').input.flags).toMatchObject({ noRepeat: true });
    expect(read('run', 'x').input.flags).toMatchObject({ noRepeat: false });
  });

  it('know the format of every command', () => {
    expect(read('ls', '--format', 'mcpservers').format).toBe('mcpservers');
    expect(read('stop', 'x').format).toBe('text');
    expect(read('inspect', 'x').format).toBe('json');
    expect(refused('stop', 'x', '--format', 'mcpservers').message).toContain('text, json');
  });

  it('suggest what was meant', () => {
    expect(refused('lst').fix).toContain('list');
    expect(refused('run', 'x', '--env-fil', 'y').fix).toContain('Did you mean --env-file?');
    expect(refused('mcp', 'cal').fix).toContain('call');
    expect(refused('mcp').fix).toContain('holdfast mcp list');
    expect(refused('mcp', 'call', 'x', '--serve', 'y').fix).toContain('holdfast mcp call --help');
  });

  it('refuse flags that are not there yet, missing words and words too many', () => {
    for (const flag of ['--permission-profile', '--image-verification', '--ca-cert', '--build-with', '--isolate-network'])
      expect(refused('run', 'x', flag, 'y').message).toBe(`${flag} is not served yet`);
    expect(refused('update', 'x', '--standby').message).toContain('not served yet');
    expect(refused('stop', 'x', '--standby').message).not.toContain('yet');
    expect(refused('run').message).toContain('SERVER');
    expect(refused('run', 'cmd://node', 'server.js').fix).toContain('--');
    expect(refused('stop', 'x', '--', 'y').message).toContain('--');
    expect(refused('run', 'x', '-e').message).toContain('--env');
  });

  it.each([
    ['--proxy-port', '70000'],
    ['--proxy-port', 'x'],
    ['--target-port', '0'],
    ['--transport', 'http'],
    ['--hold', 'soon'],
    ['--restart', 'sometimes'],
    ['--error-log-lines', '101'],
    ['--max-sessions', '0'],
    ['--name', ''],
  ])('refuse %s %j and name the flag', (flag, value) => expect(refused('run', 'x', flag, value).message).toContain(flag));

  it('give help for everything, with examples', () => {
    expect(help()).toContain('Run MCP servers');
    expect(help('help', 'run')).toBe(help('run', '--help'));
    for (const { name, hidden } of commands) {
      if (hidden === true) continue;
      expect(help(...name.split(' '), '--help')).toContain('Examples:');
    }
    expect(help()).not.toContain('__names');
  });
});
