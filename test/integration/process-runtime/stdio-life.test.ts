import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collect, lives, makeKit, pidOf, probe, type RuntimeKit, specOf, until } from './runtime-kit.ts';

let kit: RuntimeKit;
beforeEach(async () => {
  kit = await makeKit();
});
afterEach(() => kit.close());

describe('how a stdio server ends', () => {
  it('with its exit code', async () => {
    const backend = await kit.probe('exit=3');
    expect(await backend.exited).toEqual({ cause: 'exited', exitCode: 3, signal: null, oom: false });
  });

  it('with exit code 0 when it is clean', async () => {
    const backend = await kit.probe('exit=0');
    expect(await backend.exited).toMatchObject({ cause: 'exited', exitCode: 0 });
  });

  it('with the signal that killed it', async () => {
    const backend = await kit.probe();
    process.kill(pidOf(backend), 'SIGKILL');
    expect(await backend.exited).toEqual({ cause: 'signalled', exitCode: null, signal: 'SIGKILL', oom: false });
  });

  it('with the signal that a shell in front passed on as 128+n', async () => {
    const backend = await kit.start(specOf({ file: '/bin/sh', args: ['-c', 'sh -c "kill -TERM \\$\\$"; exit $?'] }));
    expect(await backend.exited).toEqual({ cause: 'signalled', exitCode: null, signal: 'SIGTERM', oom: false });
  });

  it('after everything it printed was delivered', async () => {
    const backend = await kit.probe('echo', 'exit-on-input=0', `flood=${64 * 1024}`);
    const seen = collect(backend);
    await until('the flood', () => seen.text.length === 64 * 1024);
    seen.write('last words\n');
    await backend.exited;
    expect(seen.text.endsWith('last words\n')).toBe(true);
    expect(seen.ended).toBe(true);
  });

  it('although a descendant outside its group holds its stdout open', async () => {
    const backend = await kit.start(specOf({ file: '/bin/sh', args: ['-c', 'setsid sleep 60 & exit 5'] }));
    const seen = collect(backend);
    expect(await backend.exited).toMatchObject({ exitCode: 5 });
    expect(seen.ended).toBe(true);
  });
});

describe('a stdio server', () => {
  it('sees exactly its own environment, arguments and folder', async () => {
    const file = join(kit.stateDir, 'env.json');
    const env = { PATH: process.env['PATH'] ?? '', ONLY: 'this {port}' };
    const backend = await kit.start(specOf({ args: [probe, `env=${file}`, 'err=ready'], env }), 7);
    await until('its start', async () => (await backend.lastLines(1))[0] === 'ready');
    const seen = JSON.parse(await readFile(file, 'utf8'));
    expect(seen.env).toEqual({ ...env, MCP_TRANSPORT: 'stdio', HOLDFAST_BACKEND: `${kit.instance}/probe/7` });
    expect(seen.cwd).toBe(tmpdir());
  });

  it('makes files with the umask of its user, not with the private one of Holdfast', async () => {
    const own = process.umask(0o077);
    const other = await makeKit({ umask: 0o027 });
    try {
      const file = join(other.stateDir, 'env.json');
      const backend = await other.start(specOf({ args: [probe, `env=${file}`, 'err=ready'] }));
      await until('its start', async () => (await backend.lastLines(1))[0] === 'ready');
      expect(JSON.parse(await readFile(file, 'utf8')).umask).toBe(0o027);
    } finally {
      expect(process.umask(own)).toBe(0o077);
      await other.close();
    }
  });

  it('answers through the pipes', async () => {
    const seen = collect(await kit.probe('echo'));
    expect(seen.write('{"a":1}\n')).toBe('taken');
    await until('the echo', () => seen.text === '{"a":1}\n');
  });

  it('is held back while its reader pauses, however much it has to say', async () => {
    const size = 20 * 1024 * 1024;
    const backend = await kit.probe(`flood=${size}`);
    if (backend.endpoint.kind !== 'stdio') throw new TypeError('not stdio');
    const { channel } = backend.endpoint;
    let taken = 0;
    let arrivedWhilePaused = 0;
    let paused = false;
    channel.listen({
      data(chunk) {
        taken += chunk.length;
        if (paused) arrivedWhilePaused += chunk.length;
        if (taken > size / 2 && !paused && arrivedWhilePaused === 0) {
          paused = true;
          channel.pause();
          setTimeout(() => {
            paused = false;
            arrivedWhilePaused += 1;
            channel.resume();
          }, 100);
        }
      },
      drain() {},
      end() {},
    });
    await until('all of it', () => taken === size);
    expect(arrivedWhilePaused).toBe(1);
  });

  it('refuses what is written after its death, and nobody is hurt', async () => {
    const backend = await kit.probe('echo');
    const seen = collect(backend);
    process.kill(pidOf(backend), 'SIGKILL');
    for (let i = 0; i < 100; i += 1) seen.write('x'.repeat(10_000));
    await backend.exited;
    expect(seen.write('more\n')).toBe('refused');
  });
});

describe('stopping a stdio server', () => {
  it('begins with the end of its stdin', async () => {
    const backend = await kit.probe('err=up');
    await until('its start', async () => (await backend.lastLines(1)).includes('up'));
    await backend.stop(10_000);
    expect(await backend.exited).toMatchObject({ cause: 'exited', exitCode: 0 });
  });

  it('goes on with SIGTERM', async () => {
    const backend = await kit.probe('stay-after-input', 'err=up');
    await until('its start', async () => (await backend.lastLines(1)).includes('up'));
    await backend.stop(600);
    expect(await backend.exited).toMatchObject({ signal: 'SIGTERM' });
  });

  it('ends with SIGKILL when SIGTERM is ignored (S43)', async () => {
    const backend = await kit.probe('stay-after-input', 'ignore=SIGTERM', 'err=up');
    await until('its start', async () => (await backend.lastLines(1)).includes('up'));
    const begun = performance.now();
    await backend.stop(900);
    expect(performance.now() - begun).toBeLessThan(900 + 2_000);
    expect(await backend.exited).toMatchObject({ signal: 'SIGKILL' });
    expect(await backend.lastLines(5)).toContain('ignored SIGTERM');
    expect(lives(pidOf(backend))).toBe(false);
  });

  it('can be done twice, at once, and after its death (S46)', async () => {
    const backend = await kit.probe('stay-after-input', 'ignore=SIGTERM');
    await Promise.all([backend.stop(30_000), backend.stop(100), backend.stop(30_000)]);
    await backend.stop(0);
    expect(lives(pidOf(backend))).toBe(false);
  });
});
