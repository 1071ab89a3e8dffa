import { execFileSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Backend } from '../../../src/core/ports/runtime.ts';
import type { WorkloadSpec } from '../../../src/core/workload/spec.ts';
import { httpProbe, lives, makeKit, pidOf, type RuntimeKit, specOf, until } from './runtime-kit.ts';

let kit: RuntimeKit;
beforeEach(async () => {
  kit = await makeKit();
});
afterEach(() => kit.close());

function httpSpec(args: string[] = [], launch: Partial<WorkloadSpec['launch']> = {}, more: Partial<WorkloadSpec> = {}): WorkloadSpec {
  return specOf({ args: [httpProbe, ...args], ...launch }, { transport: 'streamable-http', ...more });
}

interface Answer {
  pid: number;
  argv: string[];
  env: Record<string, string>;
}

function urlOf(backend: Backend): string {
  if (backend.endpoint.kind !== 'http') throw new TypeError('not http');
  return backend.endpoint.url;
}

/** Asks until it listens. */
function ask(backend: Backend, path = ''): Promise<Answer> {
  return until('an answer', async () => {
    const response = await fetch(new URL(path, urlOf(backend))).catch(() => null);
    return response === null ? null : ((await response.json()) as Answer);
  });
}

describe('an HTTP server', () => {
  it('is told a free port in the ways that servers know, and named by its own pid', async () => {
    const backend = await kit.start(
      httpSpec(['--port', '{port}'], { env: { PATH: process.env['PATH'] ?? '', ADDRESS: 'http://x:{port}/' } }),
      4,
    );
    const { port, pathname } = new URL(urlOf(backend));
    expect(pathname).toBe('/mcp');
    const { pid, argv, env } = await ask(backend);
    expect(pid).toBe(pidOf(backend));
    expect(argv).toEqual(['--port', port]);
    expect(env).toEqual({
      PATH: process.env['PATH'],
      ADDRESS: `http://x:${port}/`,
      MCP_TRANSPORT: 'streamable-http',
      MCP_HOST: '127.0.0.1',
      MCP_PORT: port,
      FASTMCP_PORT: port,
      HOLDFAST_BACKEND: `${kit.instance}/probe/4`,
    });
  });

  it('starts with the same signals ignored, blocked and caught as one that a shell runs', async () => {
    const wrapped = await kit.start(specOf({ file: '/bin/sleep', args: ['60'] }, { transport: 'streamable-http' }));
    const plain = await kit.start(specOf({ file: '/bin/sleep', args: ['60'] }, { name: 'plain' }));
    const signals = async (backend: Backend): Promise<string[]> =>
      (await readFile(`/proc/${pidOf(backend)}/status`, 'utf8')).split('\n').filter((line) => /^Sig(Blk|Ign|Cgt)/.test(line));
    await until('the exec', async () => (await readFile(`/proc/${pidOf(wrapped)}/comm`, 'utf8')) === 'sleep\n');
    expect(await signals(wrapped)).toEqual(await signals(plain));
  });

  it('ends with its exit code', async () => {
    const backend = await kit.start(httpSpec());
    await ask(backend);
    await fetch(new URL('/exit?9', urlOf(backend))).catch(() => {});
    expect(await backend.exited).toEqual({ cause: 'exited', exitCode: 9, signal: null, oom: false });
  });

  it.each(['SIGKILL', 'SIGSEGV'] as const)('ends with %s when that killed it', async (signal) => {
    const backend = await kit.start(httpSpec());
    await ask(backend);
    process.kill(pidOf(backend), signal);
    expect(await backend.exited).toEqual({ cause: 'signalled', exitCode: null, signal, oom: false });
  });

  it('is seen to end although the shell in front of it was killed first', async () => {
    const backend = await kit.start(httpSpec());
    const { pid } = await ask(backend);
    const shell = Number(/\) \w (\d+)/.exec(await readFile(`/proc/${pid}/stat`, 'latin1'))?.[1]);
    process.kill(shell, 'SIGKILL');
    await until('the shell is dead', () => !lives(shell));
    expect(await ask(backend)).toMatchObject({ pid });
    process.kill(pid, 'SIGKILL');
    // With nobody left to ask, unless the shell's own end tells: both were killed.
    expect(['unknown', 'signalled']).toContain((await backend.exited).cause);
  });

  it('writes stdout and stderr into the log', async () => {
    const backend = await kit.start(httpSpec(['err=to stderr']));
    await ask(backend, '/log?1024');
    const lines = await backend.lastLines(10);
    expect(lines.slice(0, 2)).toEqual(['to stderr', 'listening']);
    expect(lines[2]).toBe('x'.repeat(1_023));
  });

  it('gets another port each generation, and leaves no run folder behind', async () => {
    const spec = httpSpec();
    const first = await kit.start(spec);
    await ask(first);
    const second = await kit.start(spec);
    await ask(second);
    expect(urlOf(first)).not.toBe(urlOf(second));
    await Promise.all([first.stop(1_000), second.stop(1_000)]);
    expect(await readdir(join(kit.stateDir, 'run', 'probe'))).toEqual([]);
  });

  it('keeps a variable that a shell would drop from being lost without a word', async () => {
    const spec = httpSpec([], { env: { 'a.b': '1' } }, { userEnv: ['a.b'] });
    await expect(kit.start(spec)).rejects.toMatchObject({ code: 'HF_BAD_SPEC', message: expect.stringContaining('"a.b"') });
  });
});

describe('a fixed port', () => {
  it('is refused with the name of whoever listens there', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      await expect(kit.start(httpSpec([], {}, { targetPort: port }))).rejects.toMatchObject({
        code: 'HF_PORT_TAKEN',
        data: { port, pid: process.pid },
        message: expect.stringContaining(`process ${process.pid}`),
      });
    } finally {
      other.close();
    }
    const backend = await kit.start(httpSpec([], {}, { targetPort: port }));
    expect(urlOf(backend)).toBe(`http://127.0.0.1:${port}/mcp`);
    await ask(backend);
  });
});

describe('stopping an HTTP server', () => {
  it('is a SIGTERM, and its exit is known', async () => {
    const backend = await kit.start(httpSpec());
    await ask(backend);
    await backend.stop(5_000);
    expect(await backend.exited).toMatchObject({ signal: 'SIGTERM' });
  });

  it('is a SIGTERM also to one that moved to a session of its own, and only one', async () => {
    const backend = await kit.start(httpSpec(['ignore=SIGTERM']));
    await ask(backend);
    const moved = await kit.start(
      specOf({ file: '/usr/bin/setsid', args: [process.execPath, httpProbe] }, { name: 'moved', transport: 'sse' }),
    );
    await ask(moved);
    await moved.stop(10_000);
    expect(await moved.exited).toMatchObject({ signal: 'SIGTERM' });
    await backend.stop(500);
    expect((await backend.lastLines(9)).filter((line) => line === 'ignored SIGTERM')).toHaveLength(1);
  });

  it('is a SIGKILL of the whole tree, also of what escaped its group (S43)', async () => {
    const file = join(kit.stateDir, 'child');
    const backend = await kit.start(httpSpec(['ignore=SIGTERM', `child=${file}`]));
    await ask(backend);
    const escaped = Number(await readFile(file, 'utf8'));
    expect(lives(escaped)).toBe(true);
    const begun = performance.now();
    await backend.stop(300);
    expect(performance.now() - begun).toBeLessThan(2_300);
    expect(lives(pidOf(backend))).toBe(false);
    expect(lives(escaped)).toBe(false);
    const left = execFileSync('ps', ['-eo', 'pid,args']).toString();
    expect(left).not.toContain(kit.stateDir);
  });
});
