import { beforeEach, describe, expect, it } from 'vitest';
import type { FakeReply } from '../../../test/support/relay-fakes.ts';
import { Connection, HANDSHAKE, params, StdioRelay, settled } from '../../../test/support/stdio-relay.ts';

const HOUR_MS = 3_600_000;
const call = { name: 't', arguments: {} };
const question = '{"jsonrpc":"2.0","id":0,"method":"elicitation/create","params":{"message":"which?"}}';

describe('what a shared stdio server asks', () => {
  let world: StdioRelay;
  let server: Connection;

  beforeEach(async () => {
    world = new StdioRelay('shared');
    server = new Connection();
    await world.attach(null, server, { adopted: true, handshake: HANDSHAKE });
    await world.ask(1, 'initialize', params, null);
    await world.ask(1, 'initialize', params, null);
  });

  /** The first client's call times out, and the second makes one. */
  async function timeOutOneAndAskAnother(): Promise<FakeReply> {
    const lost = await world.ask(2, 'tools/call', call, 'session');
    world.clock.pass(605_000);
    await settled();
    expect(lost.streamText).toContain('HF_REQUEST_TIMEOUT');
    return world.ask(2, 'tools/call', call, 'session-2');
  }

  async function asks(from: Connection): Promise<void> {
    from.say(question);
    await settled();
  }

  function refusals(): string[] {
    return server.lines.flatMap(({ error }) => (error ? [error.message] : []));
  }

  it('reaches the one client with a request in flight', async () => {
    const reply = await world.ask(2, 'tools/call', call, 'session-2');
    await asks(server);
    expect(reply.streamText).toContain('which?');
    expect(refusals()).toEqual([]);
  });

  it('reaches no client but the one whose request timed out, however long the server hung', async () => {
    await timeOutOneAndAskAnother();
    world.clock.pass(HOUR_MS);
    const reply = await world.ask(3, 'tools/call', call, 'session-2');
    await asks(server);
    expect(reply.streamText).toBeNull();
    expect(refusals()).toEqual([expect.stringContaining('requests of several are in flight')]);
  });

  it('reaches the other client again when the server has answered what timed out', async () => {
    const reply = await timeOutOneAndAskAnother();
    server.answer(server.asked('tools/call')[0]?.id ?? 0, '{}');
    await asks(server);
    expect(reply.streamText).toContain('which?');
    expect(refusals()).toEqual([]);
  });

  it('reaches nobody when the client whose request timed out has ended its session', async () => {
    await world.ask(2, 'tools/call', call, 'session');
    world.clock.pass(605_000);
    world.end('session');
    await asks(server);
    expect(refusals()).toEqual([expect.stringContaining('has ended its session')]);
  });

  it('reaches the other client again an hour after the server was heard of', async () => {
    await timeOutOneAndAskAnother();
    server.say('{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"here"}}');
    world.clock.pass(HOUR_MS - 1_000);
    const early = await world.ask(3, 'tools/call', call, 'session-2');
    await asks(server);
    expect(early.streamText).toBeNull();
    world.clock.pass(2_000);
    await asks(server);
    expect(early.streamText).toContain('which?');
  });

  it('reaches no client but the one whose request was in flight when the connection was lost', async () => {
    await world.ask(2, 'tools/call', call, 'session');
    world.lose(null);
    const again = new Connection();
    await world.attach(null, again, { adopted: true, handshake: HANDSHAKE });
    const reply = await world.ask(2, 'tools/call', call, 'session-2');
    await asks(again);
    expect(reply.streamText).toBeNull();
    expect(again.lines.some(({ error }) => error?.message.includes('several are in flight'))).toBe(true);
  });

  it('reaches the only client of a new process, whatever the last one was asked', async () => {
    await world.ask(2, 'tools/call', call, 'session');
    world.lose(null);
    const next = new Connection();
    await world.attach(null, next, { adopted: false, handshake: HANDSHAKE });
    const reply = await world.ask(2, 'tools/call', call, 'session-2');
    await asks(next);
    expect(reply.streamText).toContain('which?');
  });
});

describe('what a shared stdio server asks that outlived Holdfast', () => {
  const known = { adopted: true, handshake: HANDSHAKE };
  let before: StdioRelay;
  let server: Connection;

  beforeEach(async () => {
    before = new StdioRelay('shared', 'docker');
    server = new Connection();
    await before.attach(null, server, { ...known, adopted: false });
    await before.ask(1, 'initialize', params, null);
    await before.ask(1, 'initialize', params, null);
    await before.ask(2, 'tools/call', call, 'session');
  });

  /** The next Holdfast takes the server over, the second client makes a call, and the server asks. */
  async function nextIsAsked(): Promise<string | null> {
    const next = new StdioRelay('shared', 'docker', before);
    const again = new Connection();
    await next.attach(null, again, known);
    const reply = await next.ask(2, 'tools/call', call, 'session-2');
    again.say(question);
    await settled();
    return reply.streamText;
  }

  it('reaches no client but the one whose request the last Holdfast had sent', async () => {
    before.clock.pass(120_000);
    expect(await nextIsAsked()).toBeNull();
  });

  it('reaches the only client that called lately', async () => {
    server.answer(server.asked('tools/call')[0]?.id ?? 0, '{}');
    before.clock.pass(60_000);
    expect(await nextIsAsked()).toContain('which?');
  });

  it('reaches the only client whose request was in flight when the last Holdfast ended in order', async () => {
    server.answer(server.asked('tools/call')[0]?.id ?? 0, '{}');
    before.relay.suspend();
    expect(await nextIsAsked()).toContain('which?');
  });

  it('costs no writing where the server ends with Holdfast', async () => {
    const process = new StdioRelay('shared');
    await process.attach(null, new Connection(), known);
    await process.ask(1, 'initialize', params, null);
    await process.ask(2, 'tools/call', call, 'session');
    expect(process.records.get('session')?.workingIn).toBeNull();
    expect(before.records.get('session')?.workingIn).toBe(1);
  });
});
