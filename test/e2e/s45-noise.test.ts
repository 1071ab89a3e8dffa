import { afterAll, beforeAll, expect, it } from 'vitest';
import { closeAll, connect, connectEach, failure } from '../support/clients.ts';
import { Fixture, RESTART_AT_ONCE } from '../support/fixture.ts';
import type { Home } from '../support/home.ts';
import { residentBytes } from '../support/processes.ts';
import { RawSession } from '../support/raw-client.ts';
import { describeRuntimes, homeOn } from '../support/runtimes.ts';
import { until } from '../support/until.ts';

describeRuntimes('a noisy server', (on) => {
  let home: Home;

  beforeAll(async () => {
    home = await homeOn(on);
  });

  afterAll(() => home?.end());

  it('S45 a server floods stdout with lines that are no messages: calls are answered, memory is bounded, the noise is in its log', async () => {
    const server = await Fixture.run(home, 'flood', {
      flags: RESTART_AT_ONCE,
      conduct: { banner: 'Welcome!\n{"not": "a message"}\n[1, 2]\n\n' },
    });
    const client = await connect('new', server.url);
    const { pid } = await home.daemon();
    const before = residentBytes(pid);
    const flood = client.text('noise', { line: 'noise', times: 40_000, padding: 1_000 });
    const calls = Array.from({ length: 10 }, (_, index) => client.text('safe', { tag: String(index) }));
    expect(await flood).toBe('noisy');
    expect(await Promise.all(calls)).toEqual(calls.map((_, index) => `safe ${index}`));
    // 40 MB went through.
    expect(residentBytes(pid) - before).toBeLessThan(100e6);
    if (on === 'process') {
      // A flood is not kept as a whole, and the log says so.
      const log = await until('the noise is in the log', async () => {
        const text = await home.ok('logs', server.name);
        return /noise \d+ ###/.test(text) && / more lines that are no messages were not kept/.test(text) && text;
      });
      expect(log).toContain('Welcome!');
      expect(log).toContain('{"not": "a message"}');
      expect(log.length).toBeLessThan(5_000_000);
    } else {
      // The engine keeps the end of it.
      const log = await until('the noise is in the log', async () => {
        const text = await home.ok('logs', server.name);
        return text.includes('noise 39999 ###') && text;
      });
      expect(log.length).toBeLessThan(35_000_000);
    }
    await client.close();
  });

  it('S45 what a server writes before its first answer is no message, and in the log', async () => {
    const server = await Fixture.run(home, 'banner', { flags: RESTART_AT_ONCE, conduct: { banner: 'Listening on stdio\n' } });
    const client = await connect('old', server.url);
    expect(await client.text('safe', { tag: 'x' })).toBe('safe x');
    await until('it is in the log', async () => (await home.ok('logs', server.name)).includes('Listening on stdio'));
    await client.close();
  });

  it('S45 a 5 MB line is one message; one that is no message harms nobody', async () => {
    const server = await Fixture.run(home, 'large', { flags: RESTART_AT_ONCE });
    const clients = await connectEach(server.url);
    for (const text of await Promise.all(clients.map((client) => client.text('big', { bytes: 5_000_000 }))))
      expect(text).toHaveLength(5_000_000);
    const { pid } = await home.daemon();
    const before = residentBytes(pid);
    for (const client of clients) expect(await client.text('noise', { line: 'large', padding: 5_000_000 })).toBe('noisy');
    expect(residentBytes(pid) - before).toBeLessThan(100e6);
    expect(await Promise.all(clients.map((client) => client.text('safe', { tag: 'x' })))).toEqual(['safe x', 'safe x']);
    await closeAll(clients);
  });

  it("S45 a server dies in the middle of a line: the caller hears of the death, and the rest of the line is nobody's", async () => {
    const server = await Fixture.run(home, 'partial', { flags: RESTART_AT_ONCE });
    const session = await RawSession.open(server.url);
    const stream = await session.stream();
    const partial = '{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"error","data":"half';
    const { json } = await session.call('die', { code: 3, partial });
    expect(json?.error).toMatchObject({ code: -31_000, data: { exitCode: 3, mayHaveExecuted: true } });
    // Were the half line kept, the first output of the next process would complete it to something else.
    const answer = await session.call('safe', { tag: 'x' });
    expect(answer.json?.result).toEqual({ content: [{ type: 'text', text: 'safe x' }] });
    expect(server.received('initialize')).toHaveLength(2);
    await session.call('log', { level: 'info', data: 'whole' });
    await stream.message('what the new one logs', ({ params }) => params?.['data'] === 'whole');
    expect(stream.messages.filter(({ method }) => method === 'notifications/message')).toHaveLength(1);
    await until('the half line is in the log', async () => (await home.ok('logs', server.name)).includes('"data":"half'));
    stream.break();
  });

  it('S45 a line that is too long for any message is thrown away, and its caller does not wait for ever', async () => {
    const server = await Fixture.run(home, 'endless', { flags: [...RESTART_AT_ONCE, '--request-timeout=3s'] });
    const client = await connect('old', server.url);
    const { pid } = await home.daemon();
    const before = residentBytes(pid);
    const { code, data } = await failure(client.call('big', { bytes: 40_000_000 }));
    expect({ code, data }).toMatchObject({ code: expect.any(Number), data: { mayHaveExecuted: true } });
    expect(residentBytes(pid) - before).toBeLessThan(150e6);
    expect(await client.text('safe', { tag: 'x' })).toBe('safe x');
    await client.close();
  });
});
