import { expect, it } from 'vitest';
import { closeAll, connect, connectEach, failure } from '../../../support/clients.ts';
import { ensureImages } from '../../../support/engine/images.ts';
import { RESTART_AT_ONCE } from '../../../support/fixture.ts';
import { Contained } from './contained.ts';
import { describeEngines } from './scene.ts';
import { Told } from './what-was-told.ts';

const MEGABYTE = 1_048_576;

/** A server that starts a child which takes all memory, and ends with a code of its own when that was killed. */
const PARENT = `
const { spawn } = require('node:child_process');
const greed = 'const all = []; for (;;) all.push(Buffer.alloc(16 * 1024 * 1024, 1));';
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  const answer = (result) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, result }) + '\\n');
  const { protocolVersion } = params ?? {};
  if (method === 'initialize') answer({ protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'parent', version: '1' } });
  if (method === 'tools/list') answer({ tools: [{ name: 'breed', inputSchema: { type: 'object' } }] });
  if (method === 'tools/call') spawn(process.execPath, ['-e', greed]).on('exit', () => process.exit(5));
});`;

describeEngines('memory runs out', (scene) => {
  it.each(['stdio', 'http'] as const)('S11 in a %s server: reported with the limit that it hit, and restarted', async (transport) => {
    const flags = ['--memory', '160m', ...RESTART_AT_ONCE];
    const server = await Contained.run(scene(), `memory-${transport}`, { transport, flags });
    const clients = await connectEach(server.url);
    const told = await Told.fromNow(scene());
    const lost = await failure(clients[0]?.call('eat', { megabytes: 1_000 }) ?? Promise.reject(new Error('no client')));
    expect(lost.data).toMatchObject({ code: 'HF_BACKEND_LOST', mayHaveExecuted: true });
    const exited = await told.until(server.name, 'backend.exited');
    expect(exited.data).toMatchObject({ cause: 'oom', oom: true, signal: 'SIGKILL', memoryLimit: 160 * MEGABYTE });
    expect(exited.message).toContain('out of memory (limit 160 MiB)');
    if (transport === 'stdio') {
      expect(lost.data).toMatchObject({ oom: true, signal: 'SIGKILL' });
      expect(lost.message).toContain('out of memory (limit 160 MiB)');
    }
    expect(await Promise.all(clients.map((client) => client.text('safe', { tag: 'after' })))).toEqual(['safe after', 'safe after']);
    expect(await server.now()).toMatchObject({ status: 'running', restarts: 1, last_exit: { oom: true, memory_limit: 160 * MEGABYTE } });
    expect(await scene().home.ok('ls')).toMatch(new RegExp(`${server.name}.*out of memory`));
    expect(await told.types(server.name)).toEqual(['backend.exited', 'backend.starting', 'backend.ready']);
    await closeAll(clients);
  });

  it('S11 in a child of the server: the exit is its own, and says what became of the child', async () => {
    const { home, engine } = scene();
    const [image = ''] = await ensureImages(engine, 'node');
    const name = 'memory-child';
    const listed = await home.ok(
      'run',
      image,
      '--name',
      name,
      '--memory',
      '160m',
      '--format',
      'json',
      ...RESTART_AT_ONCE,
      '--',
      '-e',
      PARENT,
    );
    const client = await connect('old', (JSON.parse(listed) as { url: string }).url);
    const told = await Told.fromNow(scene());
    expect((await failure(client.call('breed'))).data).toMatchObject({ code: 'HF_BACKEND_LOST', exitCode: 5, signal: null });
    const exited = await told.until(name, 'backend.exited');
    expect(exited.data).toMatchObject({ cause: 'exited', exitCode: 5 });
    expect(exited.message).toMatch(/exit 5, a child was killed for memory/);
    expect((await home.workload(name)).last_exit).toMatchObject({ exit_code: 5, memory_limit: null });
    await client.close();
  });
});
