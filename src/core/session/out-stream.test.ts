import { describe, expect, it } from 'vitest';
import { FakeReply } from '../../../test/support/relay-fakes.ts';
import { encodeUtf8 } from '../../lib/utf8.ts';
import { OutStream, parseEventId } from './out-stream.ts';

const data = (text: string): Uint8Array => encodeUtf8(text);

function idsOf(reply: FakeReply): string[] {
  return [...(reply.streamText ?? '').matchAll(/^id: (.+)$/gm)].map((match) => match[1] ?? '');
}

describe('OutStream', () => {
  it('gives every event an id and ends with the last one', () => {
    const reply = new FakeReply();
    const stream = new OutStream('e.1');
    stream.attach(reply.events(), null);
    stream.prime();
    stream.message(data('{"a":1}'));
    stream.finish(data('{"b":2}'));
    expect(reply.streamText).toBe('id: e.1.1\ndata: \n\nid: e.1.2\ndata: {"a":1}\n\nid: e.1.3\ndata: {"b":2}\n\n');
    expect(reply.streamEnded).toBe(true);
    expect(stream.hasAfter(2)).toBe(true);
    expect(stream.hasAfter(3)).toBe(false);
  });

  it('replays what a client says that it does not have, and nothing else', () => {
    const first = new FakeReply();
    const stream = new OutStream('e.1');
    stream.attach(first.events(), null);
    for (const text of ['1', '2', '3']) stream.message(data(text));
    first.open = false;
    stream.finish(data('4'));
    const second = new FakeReply();
    stream.attach(second.events(), 2);
    expect(idsOf(second)).toEqual(['e.1.3', 'e.1.4']);
    expect(second.streamEnded).toBe(true);
  });

  it('replays the last event, too, that was on its way when the connection broke', () => {
    const first = new FakeReply();
    const stream = new OutStream('e.1');
    stream.attach(first.events(), null);
    stream.prime();
    stream.finish(data('1'));
    const second = new FakeReply();
    stream.attach(second.events(), 1);
    expect(idsOf(second)).toEqual(['e.1.2']);
    expect(second.streamEnded).toBe(true);
  });

  it('sends on a new connection only what no connection got, where the client does not say', () => {
    const first = new FakeReply();
    const stream = new OutStream('e.0');
    stream.attach(first.events(), null);
    stream.message(data('1'));
    first.open = false;
    stream.message(data('2'));
    const second = new FakeReply();
    stream.attach(second.events(), null);
    stream.message(data('3'));
    expect(idsOf(second)).toEqual(['e.0.2', 'e.0.3']);
  });

  it('ends a connection that another one replaces', () => {
    const first = new FakeReply();
    const stream = new OutStream('e.0');
    stream.attach(first.events(), null);
    stream.attach(new FakeReply().events(), null);
    expect(first.streamEnded).toBe(true);
  });

  it('keeps a bounded number of bytes', () => {
    const stream = new OutStream('e.0');
    for (let i = 0; i < 100; i += 1) stream.message(new Uint8Array(10_000).fill(0x61));
    const reply = new FakeReply();
    stream.attach(reply.events(), 0);
    expect(reply.streamText?.length).toBeLessThan(300_000);
    expect(idsOf(reply).at(-1)).toBe('e.0.100');
  });
});

describe('parseEventId', () => {
  it.each([
    ['lx3k9.0.12', { stream: 'lx3k9.0', n: 12 }],
    ['lx3k9.3s.12', { stream: 'lx3k9.3s', n: 12 }],
    ['lx3k9.7.1', { stream: 'lx3k9.7', n: 1 }],
    ['', null],
    ['12', null],
    ['a.b.c', null],
    ['lx3k9.7.1234567890123456789', null],
  ])('%s', (id, expected) => expect(parseEventId(id)).toEqual(expected));
});
