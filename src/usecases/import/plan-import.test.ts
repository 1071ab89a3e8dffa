import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ForeignConnection, ForeignServer } from '../../core/ports/client-config.ts';
import { isLegalName } from '../../core/workload/names.ts';
import { checkSecretName } from '../../core/workload/secret-reference.ts';
import { planImport } from './plan-import.ts';

type Command = Extract<ForeignConnection, { kind: 'command' }>;

const command = (line: string, more: Partial<Command> = {}): Command => {
  const [program = '', ...args] = line.split(' ');
  return { kind: 'command', command: program, args, env: {}, cwd: null, envFile: null, ...more };
};
const server = (connection: ForeignConnection, more: Partial<ForeignServer> = {}): ForeignServer => ({
  name: 'a',
  file: '/f',
  project: null,
  disabled: false,
  connection,
  ...more,
});
const plan = (servers: readonly ForeignServer[], names: string[] = [], values: Record<string, string> = {}, taken: string[] = []) =>
  planImport(servers, { names, values: new Map(Object.entries(values)), taken: new Set(taken), takenSecrets: new Set(['a-USED']) });
const one = (connection: ForeignConnection, values: Record<string, string> = {}) => plan([server(connection)], [], values)[0];

describe('what becomes of an entry', () => {
  it.each([
    ['npx -y @scope/name@1.2.3 /data', 'npx://@scope/name@1.2.3', ['/data']],
    ['npx --yes name', 'npx://name', []],
    ['npx name --flag', 'npx://name', ['--flag']],
    ['/usr/local/bin/npx -y name', 'npx://name', []],
    ['npx.cmd -y name', 'npx://name', []],
    ['npx -p other name', 'cmd://npx', ['-p', 'other', 'name']],
    ['npx -y github:owner/repo', 'cmd://npx', ['-y', 'github:owner/repo']],
    ['uvx mcp-server-git --repository /r', 'uvx://mcp-server-git', ['--repository', '/r']],
    ['uvx name==1.0', 'uvx://name==1.0', []],
    ['uvx --from git+https://h/r name', 'cmd://uvx', ['--from', 'git+https://h/r', 'name']],
    ['docker run -i --rm mcp/time', 'cmd://docker', ['run', '-i', '--rm', 'mcp/time']],
    ['node /opt/server.js', 'cmd://node', ['/opt/server.js']],
    ['server.sh --url=https://h/a.js -x.js', 'cmd://server.sh', ['--url=https://h/a.js', '-x.js']],
    ['C:\\tools\\server.exe', 'cmd://C:\\tools\\server.exe', []],
  ])('%s', (line, source, args) => {
    expect(one(command(line))?.made).toMatchObject({ source, args, workload: 'a', secrets: [] });
  });

  it.each<[string, ForeignConnection]>([
    ['relative', command('./server')],
    ['relative', command('node ../dist/index.js')],
    ['relative', command('node dist/index.js')],
    ['relative', command('node server.js')],
    ['relative', command('bin/server.sh')],
    ['relative', command('node /a.js', { cwd: 'here' })],
    ['--set workspaceFolder=VALUE', command('node ${workspaceFolder}/a.js')],
    ['--set key=VALUE', command('x', { env: { KEY: '${input:key}' } })],
    ['--set TOKEN=VALUE', command('x', { env: { KEY: '${env:TOKEN}' } })],
    ['--set TOKEN=VALUE', command('x', { env: { KEY: '${TOKEN:-none}' } })],
    ['--set TOKEN=VALUE', command('x', { env: { KEY: '$TOKEN' } })],
    ['which is not read', command('x', { envFile: '/a/.env' })],
    ['name of a variable', command('x', { env: { 'a b': '1' } })],
    ['remote servers', { kind: 'url', url: 'https://h/mcp', transport: null, headers: {} }],
    ['no object', { kind: 'unknown', why: 'no object' }],
  ])('is not imported: %s', (why, connection) => {
    expect(one(connection)).toMatchObject({ made: null, why: expect.stringContaining(why) });
  });

  it('is imported once its variables are given', () => {
    const entry = command('node ${workspaceFolder}/a.js', {
      env: { KEY: 'Bearer ${input:key}', OTHER: '$OTHER' },
      cwd: '${workspaceFolder}',
    });
    expect(one(entry, { workspaceFolder: '/w', key: 'k', OTHER: 'o' })?.made).toEqual({
      workload: 'a',
      source: 'cmd://node',
      args: ['/w/a.js'],
      workdir: '/w',
      secrets: [
        { name: 'a-KEY', target: 'KEY', value: 'Bearer k' },
        { name: 'a-OTHER', target: 'OTHER', value: 'o' },
      ],
    });
  });

  it('never takes the name of a secret that is there', () => {
    expect(one(command('x', { env: { USED: '1' } }))?.made?.secrets).toEqual([{ name: 'a-USED-2', target: 'USED', value: '1' }]);
  });

  it('is left alone where it is of a project or switched off, unless it is named', () => {
    const off = server(command('x'), { disabled: true });
    expect(plan([off])[0]?.why).toContain('switched off');
    expect(plan([off], ['a'])[0]?.made).not.toBeNull();
    expect(plan([server(command('x'), { project: '/p' })], ['a'])[0]?.why).toContain('/p');
    expect(plan([off, server(command('x'), { name: 'b' })], ['b']).map((made) => made.server.name)).toEqual(['b']);
    expect(plan([server(command('x')), server(command('y'))]).map(({ why }) => why === null)).toEqual([true, false]);
  });
});

describe('the name of the workload', () => {
  it.each([
    ['My Server!', 'my-server'],
    ['a/b~"c".d', 'a-b-c-d'],
    ['line\nbreak', 'line-break'],
    ['🚀', 'server'],
    ['api', 'server-api'],
    ['-x-', 'x'],
  ])('of %j is %s', (name, legal) => {
    expect(plan([server(command('x'), { name })])[0]?.made?.workload).toBe(legal);
  });

  it('is legal, and never one that is used, whatever stands in the file', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit: 'binary' }), { maxLength: 8 }), fc.string(), (names, value) => {
        const made = plan(
          names.map((name) => server(command('x', { env: value === '' ? {} : { K: value } }), { name })),
          [],
          {},
          ['server', 'a'],
        ).flatMap((each) => (each.made === null ? [] : [each.made]));
        const workloads = made.map(({ workload }) => workload);
        expect(workloads.filter((name) => !isLegalName(name) || name === 'server' || name === 'a')).toEqual([]);
        expect(new Set(workloads).size).toBe(workloads.length);
        for (const { secrets } of made) for (const { name } of secrets) checkSecretName(name);
      }),
    );
  });
});
