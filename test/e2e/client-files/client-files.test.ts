import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fixture, RESTART_AT_ONCE } from '../../support/fixture.ts';
import { createHome, type Home } from '../../support/home.ts';
import { until } from '../../support/until.ts';
import { BROKEN, BUSY_DOCUMENTS, SHAPES } from './documents.ts';
import { OtherEditor } from './other-editor.ts';
import { UserFile } from './user-file.ts';

let user: string;
let home: Home;
beforeEach(async () => {
  user = await mkdtemp(join(tmpdir(), 'holdfast-user-'));
  home = await createHome({ HOME: user });
});
afterEach(async () => {
  await home.end();
  await rm(user, { recursive: true, force: true });
});

const register = (clients: readonly string[]): Promise<string> => home.ok('client', 'register', ...clients, '--client-refresh', 'always');

/** Clients that are not told of a crash: they do not watch their file. */
const STILL: readonly string[] = ['codex', 'goose'];

describe('the configuration files of clients', () => {
  it('S39 edited by another program all the time, through crashes: whole at every moment, and at the end as its user had them', {
    timeout: 120_000,
  }, async () => {
    const files = BUSY_DOCUMENTS.map((document) => new UserFile(user, document));
    const [cursor, vscode, codex] = files;
    await register(files.map(({ client }) => client));
    const server = await Fixture.run(home, 'files', { flags: RESTART_AT_ONCE });
    expect(files.filter((file) => !file.shows('files'))).toEqual([]);

    // Those that are truncated before they are written are not whole for a moment, which is their writer's doing.
    const editor = new OtherEditor(
      files.map((one) => ({ file: one.file, how: one === cursor || one === codex ? 'rename' : 'in-place' })),
      15,
      10,
    );
    const cut: string[] = [];
    const looks = setInterval(() => {
      for (const one of [cursor, codex]) if (one && !one.isWhole()) cut.push(one.text());
    }, 3);
    try {
      for (let crash = 0; crash < 3; crash += 1) {
        await server.untilBack(await server.kill());
        const shown = (): boolean => files.every((file) => file.shows('files'));
        await until('the entries are back', () => !cursor?.shows('files') && !vscode?.shows('files'));
        await until('the entries are back', shown, 30_000);
      }
      await home.ok('stop', 'files');
      // What the other program puts back is known as ours by this daemon alone, and seen within 2 s.
      let shownAt = performance.now();
      const areGone = (): boolean => {
        if (files.some((file) => file.shows('files'))) shownAt = performance.now();
        return performance.now() - shownAt > 3_000;
      };
      await until('the entries are gone for good', areGone, 30_000);
      await home.killDaemon();
      await home.ok('start', 'files');
      await until('the entries are there again', () => files.every((file) => file.shows('files')), 30_000);
    } finally {
      clearInterval(looks);
      const counts = await editor.end().finally(() => editor.kill());
      console.log(
        counts.map(({ made, lost }, index) => `${BUSY_DOCUMENTS[index]?.client ?? ''}: ${made} edits of another, ${lost} lost`).join('; '),
      );
    }
    expect(cut).toEqual([]);
    expect(files.filter((file) => file.edits() < 10)).toEqual([]);
    await until('the last edit is put right', () => files.every((file) => file.shows('files')), 30_000);
    await server.remove();
    expect(files.flatMap((file) => file.differences())).toEqual([]);
  });

  it('S39 of every shape take an entry in, through a crash, and come out as they were; one that cannot be parsed is left alone', async () => {
    const files = SHAPES.map((document) => new UserFile(user, document));
    const broken = new UserFile(user, BROKEN);
    await register([...files, broken].map(({ client }) => client));
    const said = await home.run('run', 'cmd://node', '--name=files', ...RESTART_AT_ONCE, '--', fixture);
    expect(said).toMatchObject({ code: 0, stderr: expect.stringMatching(BROKEN.position) });
    expect(files.filter((file) => !file.shows('files'))).toEqual([]);

    const { pid, generation } = await home.workload('files');
    process.kill(pid ?? 0, 'SIGKILL');
    const flapping = files.filter(({ client }) => !STILL.includes(client));
    await until('the entries are out', () => flapping.every((file) => !file.shows('files')));
    await home.untilWorkload('files', 'runs again', (listed) => listed.generation > generation && listed.lifecycle === 'running');
    await until('the entries are back', () => files.every((file) => file.shows('files')));
    await home.ok('rm', 'files');
    expect([...files, broken].flatMap((file) => file.differences())).toEqual([]);
  });
});

const fixture = new URL('../../support/servers/fixture-stdio.mjs', import.meta.url).pathname;
