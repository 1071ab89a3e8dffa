import { readdir, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ListResult, RunResult, UpdateResult, WaitResult, WorkloadResult } from '../../../src/api/contract/results.ts';
import type { HoldfastEvent, LogLine } from '../../../src/api/contract/streams.ts';
import type { Inspection } from '../../../src/api/contract/workload.ts';
import { HoldfastError } from '../../../src/core/errors/holdfast-error.ts';
import { type DaemonApi, startDaemonApi } from './daemon-api.ts';

let api: DaemonApi;
beforeEach(async () => {
  api = await startDaemonApi();
});
afterEach(async () => {
  await api.close();
});

const caller = { cwd: '/tmp', env: { HOME: '/root' } };

function run(body: Record<string, unknown>, steps: string[] = []): Promise<RunResult> {
  const call = { method: 'POST', path: '/v1/workloads', body: { caller, source: 'cmd://true', ...body } } as const;
  return api.client.operation<RunResult>(call, ({ step }) => steps.push(step));
}

/** Code of the error that a promise ends with. */
async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return error instanceof HoldfastError ? error.code : `no error: ${String(error)}`;
}

const list = async (query: Record<string, string> = {}): Promise<string[]> =>
  (await api.client.json<ListResult>({ method: 'GET', path: '/v1/workloads', query })).workloads.map(({ name }) => name);

describe('the control API', () => {
  it('serves a socket that is private to its user, and removes it when it closes', async () => {
    expect((await stat(api.socket)).mode & 0o777).toBe(0o600);
    const other = await startDaemonApi();
    await other.client.json({ method: 'GET', path: '/v1/version' });
    await expect(readdir(dirname(other.socket))).resolves.toEqual(['control.sock']);
    await other.closeServer();
    await expect(readdir(dirname(other.socket))).resolves.toEqual([]);
    await other.close();
  });

  it('runs a workload: steps, then the result', async () => {
    const steps: string[] = [];
    const { workload, warnings } = await run({ name: 'memory', args: ['--api-key=sk-123456789012345678'], env: { A: 'b' } }, steps);
    expect(steps).toEqual(['resolve', 'start']);
    expect(workload).toMatchObject({
      name: 'memory',
      status: 'running',
      url: 'http://127.0.0.1:7420/memory/mcp',
      package: 'cmd://true',
      pid: 4711,
    });
    expect(warnings).toHaveLength(1);
    expect(api.workloads.get('memory').spec).toMatchObject({ userEnv: ['A'], holdMs: 30_000, launch: { cwd: '/tmp' } });
  });

  it('makes a name from the source, and refuses one that is taken', async () => {
    expect((await run({ source: 'npx://@scope/server-x@1.0' })).workload.name).toBe('server-x');
    expect(await codeOf(run({ source: 'npx://@scope/server-x' }))).toBe('HF_NAME_TAKEN');
    const { id } = api.workloads.get('server-x').spec;
    await run({ source: 'npx://@scope/server-x', replace: true });
    expect(api.workloads.get('server-x').spec.id).not.toBe(id);
    expect(api.workloads.calls).toEqual(['create server-x', 'remove server-x', 'create server-x']);
  });

  it('says an error after the first step as the last line, with its data', async () => {
    const error = await run({ source: 'cmd://breaks' }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'HF_START_FAILED', message: 'It ended: exit 1', why: 'exit 1', data: { lastLines: ['boom'] } });
  });

  it('goes on with a run whose caller left', async () => {
    const open = api.workloads.holdCreate();
    const leaving = new AbortController();
    const call = {
      method: 'POST',
      path: '/v1/workloads',
      body: { caller, source: 'cmd://true', name: 'later' },
      signal: leaving.signal,
    } as const;
    const gone = api.client.operation(call, ({ step }) => {
      if (step === 'start') leaving.abort();
    });
    expect(await codeOf(gone)).toBe('HF_DAEMON_UNREACHABLE');
    expect(api.workloads.find('later')).toBeNull();
    open();
    await vi.waitFor(() => expect(api.workloads.find('later')).not.toBeNull());
  });

  it('refuses what the contract does not know, and names it', async () => {
    const error = (await run({ volumes: ['a:b'] }).catch((thrown: unknown) => thrown)) as HoldfastError;
    expect(error.code).toBe('HF_BAD_SPEC');
    expect(error.message).toContain('volumes');
    expect(await codeOf(run({ hold_ms: 'soon' }))).toBe('HF_BAD_SPEC');
    expect(await codeOf(run({ hold_ms: 900_000_000 }))).toBe('HF_BAD_SPEC');
    expect(await codeOf(run({ name: 'Bad Name' }))).toBe('HF_BAD_NAME');
    expect(await codeOf(run({ proxy_mode: 'sse' }))).toBe('HF_UNSUPPORTED');
    expect(await codeOf(run({ host: '0.0.0.0' }))).toBe('HF_UNSUPPORTED');
    expect(await codeOf(api.client.json({ method: 'GET', path: '/v1/nothing' }))).toBe('HF_USAGE');
    expect(api.workloads.list()).toEqual([]);
  });

  it('lists by group, label and state', async () => {
    await run({ name: 'a', group: 'work', labels: { team: 'x' } });
    await run({ name: 'b', labels: { team: 'y' } });
    await run({ name: 'c' });
    api.workloads.set('c', { lifecycle: 'stopped' });
    expect(await list()).toEqual(['a', 'b']);
    expect(await list({ all: 'true' })).toEqual(['a', 'b', 'c']);
    expect(await list({ group: 'work' })).toEqual(['a']);
    expect(await list({ labels: 'team=y' })).toEqual(['b']);
    expect(await list({ labels: 'team' })).toEqual(['a', 'b']);
  });

  it('stops, starts, restarts and removes', async () => {
    await run({ name: 'a' });
    const verb = (name: string, query: Record<string, string> = {}): Promise<WorkloadResult> =>
      api.client.operation<WorkloadResult>({ method: 'POST', path: `/v1/workloads/a/${name}`, query }, () => {});
    expect((await verb('stop', { grace_ms: '5' })).workload.status).toBe('stopped');
    expect((await verb('restart')).workload.status).toBe('running');
    await verb('restart');
    await api.client.operation({ method: 'DELETE', path: '/v1/workloads/a' }, () => {});
    expect(await codeOf(verb('start'))).toBe('HF_WORKLOAD_UNKNOWN');
    expect(api.workloads.calls).toEqual(['create a', 'stop a 5', 'restart a', 'remove a']);
  });

  it('updates, and starts the server anew only when it is concerned', async () => {
    await run({ name: 'a', args: ['one'], env: { KEEP: '1' } });
    const update = (body: object): Promise<UpdateResult> =>
      api.client.operation<UpdateResult>({ method: 'PATCH', path: '/v1/workloads/a', body }, () => {});
    expect(await update({ hold_ms: 1_000 })).toMatchObject({ changed: ['holdMs'], restarted: false });
    expect(await update({ env: { NEW: '2' } })).toMatchObject({ changed: ['launch.env', 'userEnv'], restarted: true });
    expect(await update({ args: ['two'] })).toMatchObject({ changed: ['args', 'launch.args'], restarted: true });
    expect(await update({ args: ['two'] })).toMatchObject({ changed: [], restarted: false });
    expect(api.workloads.get('a').spec.launch).toMatchObject({ args: ['two'], env: { KEEP: '1', NEW: '2' } });
    expect(api.workloads.calls).toEqual(['create a', 'update a leave', 'update a restart', 'update a restart']);
  });

  it('masks secrets when it is inspected', async () => {
    await run({ name: 'a', env: { API_TOKEN: 'hush', PLAIN: 'seen' }, args: ['--password', 'hush'] });
    const inspection = await api.client.json<Inspection>({ method: 'GET', path: '/v1/workloads/a/inspect' });
    expect(JSON.stringify(inspection)).not.toContain('hush');
    expect(inspection.spec).toMatchObject({ secretEnv: ['API_TOKEN'], launch: { env: { API_TOKEN: '***', PLAIN: 'seen' } } });
  });

  it('waits for a state, with a bound', async () => {
    await run({ name: 'a' });
    api.workloads.set('a', { lifecycle: 'backoff' });
    const wait = (query: Record<string, string>): Promise<WaitResult> =>
      api.client.json<WaitResult>({ method: 'GET', path: '/v1/workloads/a/wait', query });
    const waiting = wait({});
    api.workloads.set('a', { lifecycle: 'running' });
    expect((await waiting).workload?.status).toBe('running');
    expect(await codeOf(wait({ for: 'stopped', timeout_ms: '20' }))).toBe('HF_WAIT_TIMEOUT');
    api.workloads.set('a', { lifecycle: 'failed', reason: { code: 'attempts-exhausted', message: 'ten times' } });
    expect(await codeOf(wait({}))).toBe('HF_WORKLOAD_FAILED');
    const removed = wait({ for: 'removed' });
    await api.client.operation({ method: 'DELETE', path: '/v1/workloads/a' }, () => {});
    expect((await removed).workload).toBeNull();
  });

  it('reads and follows logs until the workload is removed', async () => {
    await run({ name: 'a' });
    api.addLine('one');
    api.addLine('two');
    expect(await logLines({ tail: '1' })).toEqual(['two']);
    expect(await logLines({ of: 'daemon' })).toEqual(['the daemon about it']);
    const seen: string[] = [];
    for await (const { line } of logs({ follow: 'true' })) {
      seen.push(line);
      if (line === 'two') api.addLine('three');
      if (line === 'three') await api.workloads.remove('a', () => {});
    }
    expect(seen).toEqual(['one', 'two', 'three']);
    expect(await codeOf(logLines({}))).toBe('HF_WORKLOAD_UNKNOWN');
  });

  it('follows events without a gap, and ends when the reader leaves', async () => {
    const event = (message: string): void => api.events.append({ type: 'backend.exited', workload: 'a', message, data: {} });
    event('kept');
    const leaving = new AbortController();
    const seen: string[] = [];
    const query = { follow: 'true', workloads: 'a' };
    for await (const { seq, message } of api.client.lines<HoldfastEvent>({
      method: 'GET',
      path: '/v1/events',
      query,
      signal: leaving.signal,
    })) {
      seen.push(`${seq} ${message}`);
      if (seq === 1) event('new');
      else leaving.abort();
    }
    expect(seen).toEqual(['1 kept', '2 new']);
  });

  it('ends the daemon after it has answered', async () => {
    expect(await api.client.json({ method: 'POST', path: '/v1/daemon/stop', body: { keep_servers: true } })).toEqual({ accepted: true });
    await vi.waitFor(() => expect(api.shutdowns).toEqual([{ keepServers: true }]));
  });

  it('closes with a follower connected', async () => {
    const other = await startDaemonApi();
    const reading = (async () => {
      for await (const _ of other.client.lines({ method: 'GET', path: '/v1/events', query: { follow: 'true' } }));
      return 'ended';
    })();
    await other.client.json({ method: 'GET', path: '/v1/version' });
    await other.close();
    await expect(reading).resolves.toBe('ended');
  });

  it('refuses a command line whose API is another one, but for what ends the daemon', async () => {
    expect(await raw('/v1/workloads', { 'holdfast-api': '999' })).toMatchObject({
      status: 409,
      body: { error: { code: 'HF_VERSION_SKEW' } },
    });
    expect(await raw('/v1/version', { 'holdfast-api': '999' })).toMatchObject({ status: 200 });
    expect(await raw('/v1/daemon', { 'holdfast-api': '999' })).toMatchObject({ status: 200, body: { workloads: { total: 0 } } });
  });

  it('gives an error before the first step the status of its code', async () => {
    await run({ name: 'a' });
    const body = JSON.stringify({ caller, source: 'cmd://true', name: 'a' });
    expect(await raw('/v1/workloads', {}, 'POST', body)).toMatchObject({ status: 409, body: { error: { code: 'HF_NAME_TAKEN' } } });
    expect(await raw('/v1/workloads/nobody', {})).toMatchObject({ status: 404, body: { error: { code: 'HF_WORKLOAD_UNKNOWN' } } });
  });

  it('answers a body that is no JSON with an envelope', async () => {
    expect(await raw('/v1/workloads', {}, 'POST', '{')).toMatchObject({ status: 400, body: { error: { code: 'HF_USAGE' } } });
    expect(await raw('/v1/workloads', {}, 'POST', 'x'.repeat(4_100_000))).toMatchObject({
      status: 400,
      body: { error: { code: 'HF_USAGE' } },
    });
  });
});

const logs = (query: Record<string, string>): AsyncIterable<LogLine> =>
  api.client.lines<LogLine>({ method: 'GET', path: '/v1/workloads/a/logs', query });

async function logLines(query: Record<string, string>): Promise<string[]> {
  const seen: string[] = [];
  for await (const { line } of logs(query)) seen.push(line);
  return seen;
}

function raw(path: string, headers: Record<string, string>, method = 'GET', body = ''): Promise<{ status: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath: api.socket, path, method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as unknown }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
