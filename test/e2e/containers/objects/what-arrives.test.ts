import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { connect, type TestClient } from '../../../support/clients.ts';
import { ensureImages } from '../../../support/engine/images.ts';
import { until } from '../../../support/until.ts';
import { describeEngines, type Scene } from '../outside/scene.ts';

const MEGABYTE = 1_048_576;

/** A server whose one tool says what a piece of JavaScript gives, in a container without anything else. */
const EVALUATING = `
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  const answer = (result) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, result }) + '\\n');
  if (method === 'initialize') answer({ protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'e', version: '1' } });
  if (method === 'tools/list') answer({ tools: [{ name: 'evaluate', inputSchema: { type: 'object' } }] });
  if (method === 'tools/call') Promise.resolve().then(() => eval(params.arguments.code)).then(
    (value) => answer({ content: [{ type: 'text', text: JSON.stringify(value ?? null) }] }),
    (error) => answer({ isError: true, content: [{ type: 'text', text: String(error.code ?? error) }] }));
});`;

/** Runs the server with those flags, and evaluates with what it is given. */
async function evaluating(
  scene: Scene,
  name: string,
  flags: readonly string[],
): Promise<{ client: TestClient; value(code: string): Promise<unknown> }> {
  const [image = ''] = await ensureImages(scene.engine, 'node');
  const listed = await scene.home.ok('run', image, '--name', name, '--format', 'json', ...flags, '--', '-e', EVALUATING);
  const client = await connect('old', (JSON.parse(listed) as { url: string }).url);
  return {
    client,
    async value(code) {
      const { isError, content } = await client.call('evaluate', { code });
      const text = content[0]?.type === 'text' ? content[0].text : '';
      return isError ? `threw ${text}` : JSON.parse(text);
    },
  };
}

describeEngines('what was asked for arrives in the container', (scene, kind) => {
  it('limits, mounts, environment, user, working directory, and a root that is only read', async () => {
    const { home, outside } = scene();
    const shared = join(home.folder, 'shared');
    mkdirSync(shared);
    writeFileSync(join(shared, 'note'), 'of the host');
    writeFileSync(join(home.folder, 'more.env'), 'FROM_FILE=file\nBOTH=file\n');
    const { client, value } = await evaluating(scene(), 'arrives-all', [
      '--memory',
      '200m',
      '--cpus',
      '0.5',
      '--pids-limit',
      '64',
      '--read-only',
      '--user',
      '1000:1000',
      '--workdir',
      '/tmp',
      '-v',
      `${shared}:/shared:ro`,
      '-v',
      'arrives-volume:/data',
      '-l',
      'team=blue',
      '-e',
      'FROM_FLAG=flag',
      '-e',
      'BOTH=flag',
      '--env-file',
      'more.env',
    ]);
    expect(await value('[process.getuid(), process.getgid(), process.cwd()]')).toEqual([1_000, 1_000, '/tmp']);
    expect(await value('[process.env.FROM_FLAG, process.env.FROM_FILE, process.env.BOTH, process.env.MCP_TRANSPORT]')).toEqual([
      'flag',
      'file',
      'flag',
      'stdio',
    ]);
    expect(await value('process.env.HOLDFAST_HOME ?? process.env.DOCKER_HOST')).toBeNull();
    expect(await value("require('fs').readFileSync('/shared/note', 'utf8')")).toBe('of the host');
    expect(await value("require('fs').writeFileSync('/shared/note', 'x')")).toBe('threw EROFS');
    expect(await value("require('fs').writeFileSync('/file', 'x')")).toBe('threw EROFS');
    expect(await value("require('fs').writeFileSync('/tmp/file', 'x')")).toBeNull();

    const made = await outside.inspect('arrives-all');
    expect(made?.HostConfig).toMatchObject({
      Memory: 200 * MEGABYTE,
      PidsLimit: 64,
      ReadonlyRootfs: true,
      RestartPolicy: { Name: kind === 'docker' ? 'no' : (expect.stringMatching(/^(no)?$/) as string) },
    });
    const { NanoCpus, CpuQuota, CpuPeriod } = (made?.HostConfig ?? {}) as { NanoCpus: number; CpuQuota: number; CpuPeriod: number };
    expect(NanoCpus > 0 ? NanoCpus / 1e9 : CpuQuota / CpuPeriod).toBe(0.5);
    expect(made?.Config.Labels).toMatchObject({ team: 'blue', 'holdfast.workload': 'arrives-all' });
    expect(await home.workload('arrives-all')).toMatchObject({
      container: { limits: { memory: 200 * MEGABYTE, cpus: 0.5, pids: 64 }, read_only: true, user: '1000:1000' },
    });
    await client.close();

    // What its user wants to keep stays, the server and its own objects go.
    await home.ok('rm', 'arrives-all');
    expect((await outside.volumes()).map(({ Name }) => Name)).toContain('arrives-volume');
    await outside.removeVolume('arrives-volume');
  });

  it('limits that a Node server lives with, where nothing was said', async () => {
    const { client, value } = await evaluating(scene(), 'arrives-defaults', []);
    expect(await value("require('fs').writeFileSync('/root/file', 'x')")).toBeNull();
    expect(await value("fetch('http://127.0.0.1:65000').catch((e) => e.cause.code)")).toBe('ECONNREFUSED');
    const capabilities = "require('fs').readFileSync('/proc/self/status', 'utf8').match(/CapEff:\\s*(\\S+)|NoNewPrivs:\\s*(\\d)/g)";
    expect(await value(capabilities)).toEqual(['CapEff:\t0000000000000000', 'NoNewPrivs:\t1']);
    expect((await scene().outside.inspect('arrives-defaults'))?.HostConfig).toMatchObject({ Memory: 1_024 * MEGABYTE, PidsLimit: 512 });
    await client.close();
  });

  it('nothing of a network, or a port of its own beside the endpoint', async () => {
    const { home, outside } = scene();
    const alone = await evaluating(scene(), 'arrives-alone', ['--network', 'none']);
    expect(await alone.value("Object.keys(require('os').networkInterfaces())")).toEqual(['lo']);
    await alone.client.close();

    const published = await evaluating(scene(), 'arrives-published', ['-p', '127.0.0.1:0:9000']);
    const serve = "new Promise((done) => require('http').createServer((q, r) => r.end('from inside')).listen(9000, () => done()))";
    await published.value(serve);
    const ports = (await outside.inspect('arrives-published'))?.NetworkSettings.Ports['9000/tcp'];
    expect(ports?.[0]?.HostIp).toBe('127.0.0.1');
    expect(await (await fetch(`http://127.0.0.1:${ports?.[0]?.HostPort ?? ''}`)).text()).toBe('from inside');
    await published.client.close();
    await home.ok('rm', 'arrives-alone', 'arrives-published');
  });

  it('a changed spec makes another container; until then the file system is kept', async () => {
    const { home, outside } = scene();
    const { client, value } = await evaluating(scene(), 'arrives-kept', []);
    await value("require('fs').writeFileSync('/root/kept', 'yes')");
    const first = await outside.inspect('arrives-kept');
    const read = "require('fs').readFileSync('/root/kept', 'utf8')";
    await home.ok('restart', 'arrives-kept');
    expect(await value(read)).toBe('yes');
    await home.ok('stop', 'arrives-kept');
    await home.ok('start', 'arrives-kept');
    expect(await value(read)).toBe('yes');
    // What the container does not see changes nothing of it.
    await home.ok('update', 'arrives-kept', '--hold', '20s');
    expect(await value(read)).toBe('yes');
    expect((await outside.inspect('arrives-kept'))?.Id).toBe(first?.Id);

    await home.ok('update', 'arrives-kept', '-e', 'CHANGED=1', '--memory', '300m');
    await until('it runs as it was changed', async () => (await value('process.env.CHANGED').catch(() => null)) === '1');
    expect(await value(read)).toBe('threw ENOENT');
    const second = await outside.inspect('arrives-kept');
    expect(second?.Id).not.toBe(first?.Id);
    expect(second?.HostConfig).toMatchObject({ Memory: 300 * MEGABYTE });
    expect(await outside.inspect(first?.Id ?? '')).toBeNull();
    expect(readFileSync(join(home.folder, 'state', 'daemon.log'), 'utf8')).toContain('the spec has changed: the container is made anew');
    await client.close();
  });
});
