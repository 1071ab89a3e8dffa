import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, failure } from '../support/clients.ts';
import { RESTART_AT_ONCE } from '../support/fixture.ts';
import type { Home } from '../support/home.ts';
import { createHome } from '../support/home.ts';
import { describeRuntimes, homeOn, WITHOUT_PODMAN } from '../support/runtimes.ts';
import { LifeWorkload } from './supervision/life.ts';

/** With characters that read otherwise in JSON and in a URL. */
const FIRST = 'tok/7f3a "quoted" & more+9c';
const SECOND = 'another one, 5b1e=';
const FORMS = [FIRST, SECOND].flatMap((value) => [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)]);
const SAYS = ['the token is $API_TOKEN, the transport $MCP_TRANSPORT'];

const READS = [
  ['ls', '--format', 'json'],
  ['status', 'keeper'],
  ['inspect', 'keeper'],
  ['logs', 'keeper'],
  ['logs', 'keeper', '-p'],
  ['events', '--format', 'json'],
  ['secret', 'list'],
  ['secret', 'provider', '--format', 'json'],
];

async function expectCode(home: Home, code: string, ...args: string[]): Promise<void> {
  const [verb = '', ...others] = args;
  // Before what follows `--`, and after the words of a verb.
  const said = await home.run(...(verb === 'run' ? [verb, '--format', 'json', ...others] : [...args, '--format', 'json']));
  expect(JSON.parse(said.stderr)).toMatchObject({ error: { code } });
}

describeRuntimes(
  'a server with a secret',
  (on) => {
    let home: Home;
    let server: LifeWorkload;
    beforeAll(async () => {
      home = await homeOn(on);
      await home.feed(`${FIRST}\n`, 'secret', 'set', 'token');
      const flags = [...RESTART_AT_ONCE, '--secret', 'token,target=API_TOKEN', '-e', 'API_TOKEN=of no account'];
      server = await LifeWorkload.run(home, 'keeper', { flags, life: { say: SAYS } });
    });
    afterAll(() => home?.end());

    const expectNothing = (where: string, text: string): void => {
      for (const form of FORMS) expect([where, text.includes(form)]).toEqual([where, false]);
    };

    it('gets its value, which no listing, log, event or error shows, of this daemon and the next', async () => {
      for (const moment of ['this daemon', 'the next daemon']) {
        for (const words of READS) expectNothing(`${words.join(' ')} of ${moment}`, await home.ok(...words));
        expect(await home.ok('logs', 'keeper')).toContain('the token is ***, the transport stdio');
        const client = await connect('old', (await server.now()).url);
        const lost = await failure(client.call('die', { code: 4 }));
        expect(lost.data['lastLines']).toEqual(['the token is ***, the transport stdio']);
        await client.close();
        await server.until('runs again', ({ lifecycle }) => lifecycle === 'running');
        if (moment === 'this daemon') await home.ok('daemon', 'restart');
      }
    });

    it('has the name of the secret in its spec, and its value in no file that others can read', async () => {
      const inspected = JSON.parse(await home.ok('inspect', 'keeper', '--format', 'json')) as { spec: Record<string, unknown> };
      expect(inspected.spec['secrets']).toEqual([{ name: 'token', target: 'API_TOKEN' }]);
      const state = join(home.folder, 'state');
      const files = readdirSync(state, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(state, name)).isFile());
      const holding = files.filter((name) => FORMS.some((form) => readFileSync(join(state, name), 'utf8').includes(form)));
      // What the server itself wrote; an engine keeps that of containers.
      expect(holding).toEqual(on === 'process' ? ['logs/keeper.log'] : []);
      for (const name of files) expect([name, statSync(join(state, name)).mode & 0o077]).toEqual([name, 0]);
    });

    it('gets a changed value at its next start, and the log still shows neither', async () => {
      const set = await home.feed(SECOND, 'secret', 'set', 'token');
      expect(set.stdout).toBe('token is kept (encrypted); restart keeper to use it\n');
      server.next({ say: [...SAYS, 'this is the second'] });
      await home.ok('restart', 'keeper');
      expect(await home.ok('secret', 'get', 'token')).toBe(`${SECOND}\n`);
      const log = await home.ok('logs', 'keeper');
      expect(log).toContain('the token is ***, the transport stdio\nthis is the second');
      expectNothing('the log', log);
    });

    it('is not started, and not tried again, once its secret is gone', async () => {
      const deleted = await home.run('secret', 'delete', 'token');
      expect(deleted).toMatchObject({ code: 0, stderr: 'warning: keeper cannot be started again without token.\n' });
      await expectCode(home, 'HF_SECRET_UNKNOWN', 'restart', 'keeper');
      const failed = await server.until('is given up', ({ lifecycle }) => lifecycle === 'failed');
      expect(failed.reason?.message).toContain('There is no secret named "token"');
      const { generation } = failed;
      await home.feed(SECOND, 'secret', 'set', 'token');
      await home.ok('start', 'keeper');
      expect((await server.now()).generation).toBe(generation + 1);
    });

    it('is refused at once where the secret is not there, and a workload to be replaced lives on', async () => {
      const before = await server.now();
      await expectCode(home, 'HF_SECRET_UNKNOWN', ...new LifeWorkload(home, 'other').command('--secret', 'nothing,target=X'));
      await expectCode(home, 'HF_SECRET_UNKNOWN', ...server.command('--replace', '--secret', 'nothing,target=X'));
      await expectCode(home, 'HF_SECRET_UNKNOWN', 'update', 'keeper', '--secret', 'nothing,target=X');
      await expectCode(home, 'HF_USAGE', 'update', 'keeper', '--secret', 'token,target=');
      await expectCode(home, 'HF_BAD_SPEC', 'update', 'keeper', '--secret', 'token,target=a b');
      expect((await server.now()).generation).toBe(before.generation);
      expect((await home.run('status', 'other')).code).toBe(1);
    });

    it('is started anew when an update gives it another secret', async () => {
      await home.feed('transport of a secret', 'secret', 'set', 'transport');
      server.next({ say: SAYS });
      const done = JSON.parse(
        await home.ok('update', 'keeper', '--secret', 'transport,target=MCP_TRANSPORT', '--format', 'json'),
      ) as object;
      expect(done).toMatchObject({ changed: ['secrets'], restarted: true });
      // Secrets win over transport variables.
      expect((await home.ok('logs', 'keeper')).trimEnd()).toMatch(/the token is \*\*\*, the transport \*\*\*$/);
    });
  },
  WITHOUT_PODMAN,
);

describe('the verbs of secrets', () => {
  let home: Home;
  beforeAll(async () => {
    home = await createHome();
  });
  afterAll(() => home?.end());

  it('lose nothing when several processes set at once', async () => {
    const names = Array.from({ length: 8 }, (_, n) => `s${n}`);
    const said = await Promise.all(names.map((name) => home.feed(`value of ${name}`, 'secret', 'set', name)));
    expect(said.map(({ code }) => code)).toEqual(names.map(() => 0));
    expect((await home.ok('secret', 'list')).split('\n').slice(0, -1)).toEqual(names);
    for (const name of names) expect(await home.ok('secret', 'get', name)).toBe(`value of ${name}\n`);
  });

  it('keep any bytes; one line end at the end is not part of the value unless that is asked for', async () => {
    const bytes = Buffer.from([0xff, 0, 0x0a, 0x80]);
    await home.feed(bytes, 'secret', 'set', 'bytes');
    expect(JSON.parse(await home.ok('secret', 'get', 'bytes', '--format', 'json'))).toEqual({
      name: 'bytes',
      value: bytes.toString('base64'),
      encoding: 'base64',
    });
    expect((await home.run('secret', 'get', 'bytes')).code).toBe(2);
    const cases = [
      ['a\n\n', [], 'a\n'],
      ['a\r\n', [], 'a'],
      ['a\n', ['--keep-newline'], 'a\n'],
    ] as const;
    for (const [given, flags, kept] of cases) {
      await home.feed(given, 'secret', 'set', 'line', ...flags);
      expect(JSON.parse(await home.ok('secret', 'get', 'line', '--format', 'json'))).toMatchObject({ value: kept });
    }
    await expectCode(home, 'HF_SECRET_VALUE', 'run', 'cmd://node', '--secret', 'bytes,target=X');
  });

  it('refuse what cannot be', async () => {
    for (const name of ['', 'a/b', '../x', '-x', 'a b', 'x'.repeat(129)]) {
      const said = await home.feed('value', 'secret', 'set', '--format', 'json', '--', name);
      expect([name, said.code]).toEqual([name, 2]);
    }
    expect(await home.feed('', 'secret', 'set', 'empty')).toMatchObject({ code: 2, stderr: expect.stringContaining('it is empty') });
    await expectCode(home, 'HF_SECRET_UNKNOWN', 'secret', 'get', 'nothing');
    await expectCode(home, 'HF_SECRET_UNKNOWN', 'secret', 'delete', 'nothing');
    await expectCode(home, 'HF_SECRETS_UNAVAILABLE', 'secret', 'provider', 'keyring');
    await expectCode(home, 'HF_USAGE', 'secret', 'provider', 'paper');
  });

  it('say plainly that the key lies beside the file, and take a passphrase instead', async () => {
    expect(await home.ok('secret', 'provider')).toContain('so whoever can read your files can read the secrets');
    const other = await home.run('secret', 'setup');
    expect(other).toMatchObject({ code: 0, stdout: expect.stringMatching(/encrypted +in use/) });
  });
});

describe('a passphrase', () => {
  it('comes from the environment of the daemon, or later from that of `secret setup`, and is shown nowhere', async () => {
    const passphrase = 'correct horse battery';
    const home = await createHome({ HOLDFAST_SECRETS_PASSPHRASE: passphrase });
    try {
      await home.feed('a value', 'secret', 'set', 'a');
      const provider = await home.ok('secret', 'provider');
      expect(provider).toContain('its key is your passphrase');
      await home.ok('secret', 'setup');
      await home.ok('daemon', 'restart');
      expect(await home.ok('secret', 'get', 'a')).toBe('a value\n');
      const state = join(home.folder, 'state');
      const files = readdirSync(state, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(state, name)).isFile());
      expect(files.filter((name) => readFileSync(join(state, name), 'utf8').includes(passphrase))).toEqual([]);
    } finally {
      await home.end();
    }
  });
});
