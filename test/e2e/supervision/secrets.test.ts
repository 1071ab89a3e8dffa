import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, failure } from '../../support/clients.ts';
import { RESTART_AT_ONCE } from '../../support/fixture.ts';
import type { Home } from '../../support/home.ts';
import { describeRuntimes, homeOn, WITHOUT_PODMAN } from '../../support/runtimes.ts';
import { LifeWorkload } from './life.ts';

/** With characters that read otherwise in JSON and in a URL. */
const SECRET = 'tok/7f3a "quoted" & more+9c';
const FORMS = [SECRET, JSON.stringify(SECRET).slice(1, -1), encodeURIComponent(SECRET)];
const SAYS = ['the token is $API_TOKEN, remember it', 'GET /?token=$API_TOKEN'];

const READS = [
  ['ls'],
  ['ls', '--format', 'json'],
  ['status', 'leaky'],
  ['inspect', 'leaky'],
  ['logs', 'leaky'],
  ['logs', 'leaky', '-p'],
  ['events', '--format', 'json'],
];

describeRuntimes(
  'secrets',
  (on) => {
    let home: Home;
    let server: LifeWorkload;
    beforeAll(async () => {
      home = await homeOn(on);
      server = await LifeWorkload.run(home, 'leaky', { flags: [...RESTART_AT_ONCE, '-e', `API_TOKEN=${SECRET}`], life: { say: SAYS } });
    });
    afterAll(() => home?.end());

    function expectNoSecret(where: string, text: string): void {
      for (const form of FORMS) expect(text.includes(form), `${where} shows the secret: ${text}`).toBe(false);
    }

    describe('the value of a secret variable, which its server prints,', () => {
      it('is masked in what a client is told of the death', async () => {
        const client = await connect('old', (await server.now()).url);
        const lost = await failure(client.call('die', { code: 4 }));
        expect(lost.data['lastLines']).toEqual(['the token is ***, remember it', 'GET /?token=***']);
        expectNoSecret('the error', JSON.stringify(lost));
        await server.until('runs again', ({ restarts, lifecycle }) => restarts === 1 && lifecycle === 'running');
        await client.close();
      });

      it('is masked in every listing, log and event, also by the next daemon', async () => {
        for (const moment of ['this daemon', 'the next daemon']) {
          const said = new Map<string, string>();
          for (const words of READS) {
            said.set(words.join(' '), await home.ok(...words));
            expectNoSecret(`${words.join(' ')} of ${moment}`, said.get(words.join(' ')) ?? '');
          }
          for (const words of ['logs leaky', 'status leaky']) expect(said.get(words)).toContain('the token is ***, remember it');
          expect(said.get('inspect leaky')).toContain('"API_TOKEN": "***"');
          if (moment === 'this daemon') await home.ok('daemon', 'restart');
        }
      });

      it('is masked when a run fails', async () => {
        const failing = new LifeWorkload(home, 'failing', { life: { say: SAYS, exit: 3 } });
        const said = await home.run(...failing.command('-e', `API_TOKEN=${SECRET}`));
        expect(said.code).toBe(1);
        expect(said.stderr).toContain('the token is ***');
        expectNoSecret('the error of run', said.stderr);
        const json = await home.run(...failing.command('-e', `API_TOKEN=${SECRET}`, '--format', 'json'));
        expect(json.stderr).toContain('the token is ***');
        expectNoSecret('the error of run as JSON', json.stderr);
      });

      it('is on disk in the spec alone, and in what the server itself wrote, both private', () => {
        const state = join(home.folder, 'state');
        const files = readdirSync(state, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(state, name)).isFile());
        const holding = files.filter((name) => FORMS.some((form) => readFileSync(join(state, name), 'utf8').includes(form)));
        // An engine keeps the logs of containers, and the variables.
        const written = on === 'process' ? ['logs/leaky.log'] : [];
        expect(holding.toSorted()).toEqual([...written, 'workloads/leaky/spec.json']);
        for (const name of files) expect([name, statSync(join(state, name)).mode & 0o077]).toEqual([name, 0]);
      });
    });
  },
  WITHOUT_PODMAN,
);
