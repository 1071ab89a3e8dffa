import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startInBackground } from '../../../src/platform/background.ts';
import { readBootId } from '../../../src/platform/boot-id.ts';
import { setPrivateUmask } from '../../../src/platform/private-folder.ts';
import { until } from '../../support/until.ts';
import type { Started } from './background-starter.ts';
import { bundleProgram } from './bundled-program.ts';

let folder: string;
let logFile: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-background-'));
  logFile = join(folder, 'daemon.log');
});
afterEach(() => rmSync(folder, { recursive: true }));

const run = (program: string) => startInBackground({ file: process.execPath, args: ['-e', program], env: { MARK: 'x' }, logFile });

describe('a program in the background', () => {
  it('has its output in the log file, which is private, and tells how it ended', async () => {
    const { ended } = await run(`console.log('out ' + process.env.MARK); console.error('err'); process.exit(3)`);
    expect(await ended).toEqual({ code: 3, signal: null });
    const second = await run(`process.kill(process.pid, 'SIGKILL')`);
    expect(await second.ended).toEqual({ code: null, signal: 'SIGKILL' });
    expect(readFileSync(logFile, 'utf8')).toBe('out x\nerr\n');
    expect(statSync(logFile).mode & 0o777).toBe(0o600);
  });

  it('leads a session of its own, and its working directory is the root', async (ctx) => {
    if (process.platform !== 'linux') ctx.skip('needs linux: /proc');
    const { pid, ended } = await run('setInterval(() => {}, 1000)');
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // Fields 5 and 6 behind the name in brackets: process group and session.
      const [, , group, session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      expect([group, session]).toEqual([String(pid), String(pid)]);
      expect(readlinkSync(`/proc/${pid}/cwd`)).toBe('/');
    } finally {
      process.kill(pid, 'SIGKILL');
      await ended;
    }
  });

  it('lives on when its starter is gone, which does not wait for it', async () => {
    const program = await bundleProgram(new URL('background-starter.ts', import.meta.url));
    try {
      const script =
        'process.on("SIGTERM", () => { console.log("alive"); process.exit(); }); setInterval(() => {}, 1000); console.log("ready")';
      const { stdout, status } = spawnSync(process.execPath, [program.file, logFile, script], { encoding: 'utf8', timeout: 20_000 });
      expect(status).toBe(0);
      const { pid } = JSON.parse(stdout) as Started;
      await until('the program is ready', () => readFileSync(logFile, 'utf8').includes('ready'));
      process.kill(pid, 'SIGTERM');
      await until('the program has spoken', () => readFileSync(logFile, 'utf8').includes('alive'));
    } finally {
      await program.remove();
    }
  });

  it('cannot be started where it does not exist', async () => {
    await expect(startInBackground({ file: join(folder, 'nothing'), args: [], env: {}, logFile })).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });
});

describe('the umask of the daemon', () => {
  it('leaves files to their user alone', () => {
    const before = process.umask(0o022);
    try {
      setPrivateUmask();
      writeFileSync(join(folder, 'made'), '');
    } finally {
      process.umask(before);
    }
    expect(statSync(join(folder, 'made')).mode & 0o777).toBe(0o600);
  });
});

describe('the boot', () => {
  it('has one identity', async () => {
    const id = await readBootId();
    expect(id.length).toBeGreaterThan(8);
    expect(await readBootId()).toBe(id);
  });
});
