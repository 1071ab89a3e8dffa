import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Fixture, RESTART_AT_ONCE } from '../support/fixture.ts';
import { createHome, type Home } from '../support/home.ts';
import { knownSessions } from '../support/known-sessions.ts';
import { RawPipe } from '../support/raw-pipe.ts';
import { until } from '../support/until.ts';

let home: Home;
let server: Fixture;
const pipes: RawPipe[] = [];

beforeAll(async () => {
  home = await createHome();
  server = await Fixture.run(home, 'lines', { flags: RESTART_AT_ONCE });
});

afterEach(async () => {
  await Promise.all(pipes.splice(0).map((pipe) => pipe.end()));
});

afterAll(() => home?.end());

const start = (...args: string[]): RawPipe => {
  const pipe = new RawPipe(home.program('proxy', 'stdio', ...args));
  pipes.push(pipe);
  return pipe;
};

const call = (tool: string, args: object = {}): object => ({ name: tool, arguments: args });

const sessions = (): number => knownSessions(home).length;

describe('its lines', () => {
  it('that are no messages get the error of JSON-RPC, and those around them are answered', async () => {
    const pipe = start('lines');
    await pipe.open();
    pipe.send('{ "jsonrpc": "2.0", "id": 1, "method": ');
    pipe.send('not JSON at all');
    pipe.send('{"id":1}');
    pipe.send('[]');
    pipe.send('');
    pipe.request(2, 'ping');
    await pipe.answer(2);
    const errors = pipe.messages().filter(({ id }) => id === null);
    expect(errors.map(({ error }) => error?.code)).toEqual([-32_700, -32_700, -32_600, -32_600]);
    expect(errors[0]?.error?.data).toMatchObject({ code: 'HF_BAD_MESSAGE', reason: 'not-json' });
  });

  it('may be as long as 16 MB and no longer', async () => {
    const pipe = start((await Fixture.run(home, 'long')).name);
    await pipe.open();
    pipe.send(`{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"${'x'.repeat(17 * 1024 * 1024)}"}}`);
    pipe.request(2, 'tools/call', call('unsafe', { tag: 'x'.repeat(8 * 1024 * 1024) }));
    expect((await pipe.answer(null)).error).toMatchObject({ code: -32_600, data: { code: 'HF_BODY_TOO_LARGE' } });
    expect(JSON.stringify((await pipe.answer(2)).result).length).toBeGreaterThan(8 * 1024 * 1024);
  });

  it('may be batches in a session of 2025-03-26', async () => {
    const pipe = start('lines');
    expect((await pipe.open('2025-03-26')).result).toMatchObject({ protocolVersion: '2025-03-26' });
    const ping = (id: number): object => ({ jsonrpc: '2.0', id, method: 'ping' });
    pipe.send([ping(1), { jsonrpc: '2.0', method: 'notifications/roots/list_changed' }, ping(2)]);
    await pipe.answer(2);
    expect(pipe.said.filter(Array.isArray)).toEqual([
      expect.arrayContaining([
        { jsonrpc: '2.0', id: 1, result: {} },
        { jsonrpc: '2.0', id: 2, result: {} },
      ]),
    ]);
  });

  it('must not be batches in a newer one: each request of it is refused', async () => {
    const pipe = start('lines');
    await pipe.open('2025-11-25');
    pipe.send([{ jsonrpc: '2.0', id: 1, method: 'ping' }]);
    expect((await pipe.answer(1)).error?.data).toMatchObject({ code: 'HF_BATCH_NOT_ALLOWED' });
  });

  it('are sent in their order: what follows the handshake waits for it', async () => {
    const pipe = start('lines');
    const clientInfo = { name: 'hasty', version: '1' };
    pipe.request(0, 'initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo });
    pipe.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    pipe.request(1, 'tools/call', call('unsafe', { tag: 'hasty' }));
    expect((await pipe.answer(1)).result).toMatchObject({ content: [{ text: 'unsafe hasty' }] });
  });
});

it('hands on all that the server reports, in its order', async () => {
  const pipe = start('lines');
  await pipe.open();
  pipe.request(1, 'tools/call', { ...call('progress', { steps: 50, ms: 0 }), _meta: { progressToken: 'p' } });
  await pipe.answer(1);
  const reported = pipe.messages().filter(({ method }) => method === 'notifications/progress');
  expect(reported.map(({ params }) => params?.['progress'])).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
  expect(pipe.messages().at(-1)?.id).toBe(1);
});

describe('its end', () => {
  it('answers what was asked before stdin ended, ends the session, and exits with 0', async () => {
    const before = sessions();
    const pipe = start('lines');
    await pipe.open();
    await until('the session is known', () => sessions() === before + 1);
    pipe.request(1, 'tools/call', call('unsafe', { tag: 'last', ms: 300 }));
    expect(await pipe.end()).toBe(0);
    expect((await pipe.answer(1)).result).toMatchObject({ content: [{ text: 'unsafe last' }] });
    expect(pipe.stderr).toBe('');
    await until('the session is forgotten', () => sessions() === before);
  });

  it('does not wait for a long call: the server is told to cancel it', async () => {
    const pipe = start('lines');
    await pipe.open();
    pipe.request(1, 'tools/call', call('unsafe', { tag: 'long', ms: 60_000 }));
    await server.untilExecuted('unsafe', 'long');
    expect(await pipe.end()).toBe(0);
    await until('the server is told', () => server.journal().some(({ what, tag }) => what === 'cancelled' && tag === 'long'));
  });

  it('takes a last line without its end', async () => {
    const pipe = start('lines');
    await pipe.open();
    pipe.child.stdin.write('{"jsonrpc":"2.0","id":"unended","method":"ping"}');
    expect(await pipe.end()).toBe(0);
    expect((await pipe.answer('unended')).result).toEqual({});
  });

  it('comes with SIGTERM too, and ends the session', async () => {
    const before = sessions();
    const pipe = start('lines');
    await pipe.open();
    await until('the session is known', () => sessions() === before + 1);
    pipe.child.kill('SIGTERM');
    expect(await pipe.ended()).toBe(0);
    await until('the session is forgotten', () => sessions() === before);
  });

  it('is at once where there is no such workload', async () => {
    const { code, stdout, stderr } = await home.run('proxy', 'stdio', 'linse');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('HF_WORKLOAD_UNKNOWN');
  });
});

it('keeps what a client does not read for a while, and loses nothing', async () => {
  const pipe = start('lines');
  await pipe.open();
  pipe.child.stdout.pause();
  for (let id = 1; id <= 10; id += 1) pipe.request(id, 'tools/call', call('big', { bytes: 4 * 1024 * 1024 }));
  await until('all are asked', () => server.received('tools/call').filter(({ params }) => params?.['name'] === 'big').length === 10);
  pipe.child.stdout.resume();
  for (let id = 1; id <= 10; id += 1) expect(JSON.stringify((await pipe.answer(id)).result).length).toBeGreaterThan(4 * 1024 * 1024);
});
